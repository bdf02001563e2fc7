// How pictures come in: chosen, dropped, pasted, photographed. They end as the desk's photo or as a style on the shelf.

import * as api from "./api.js";
import { choose, desk } from "./desk.js";
import { find, problem, say, toast } from "./dom.js";
import * as shelf from "./shelf.js";
import { hangPhoto } from "./stage.js";
import { showPreview } from "./view.js";

const LONGEST = 4096; // pixels; a larger photo is made smaller here before it is sent
let limits = {};
export const setLimits = (given) => { limits = given ?? {}; };

/** A photo to paint. It hangs at once; the preview follows when it has been sent. */
export async function takePhoto(file) {
  problem(find("wall-problem"), null);
  const waiting = file.type !== "image/svg+xml" && (await localPicture(file));
  if (waiting) hangPhoto(waiting);
  say("Sending the photo.");
  try {
    const content = await api.upload(await small(file));
    if (!desk.now.chosen.length && shelf.first()) choose(shelf.first());
    if (waiting) hangPhoto(api.wallPicture(content), { arrives: false });
    desk.set({ content });
    say("The photo hangs on the wall.");
  } catch (error) {
    if (desk.now.content) showPreview();
    problem(find("wall-problem"), error);
  }
}

/** A picture to take the style of: it is kept on the shelf and chosen. */
export async function takeStyle(file) {
  problem(find("shelf-problem"), null);
  try {
    const picture = await api.upload(await small(file));
    const name = (file.name ?? "").replace(/\.[^.]*$/, "").replace(/[_-]+/g, " ").trim().slice(0, 60) || "My style";
    const style = await api.saveStyle(picture.id, name);
    shelf.add(style);
    choose(style);
    say(`${style.name} is on the shelf and chosen.`);
  } catch (error) {
    problem(find("shelf-problem"), error);
  }
}

/** The file as the browser itself can show it, or null. */
async function localPicture(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const { width, height } = bitmap;
  bitmap.close();
  return { url: URL.createObjectURL(file), width, height };
}

/** The file, or a smaller copy of what the service would refuse. */
async function small(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const tooLarge = file.size > (limits.upload_bytes ?? Infinity) || bitmap.width * bitmap.height > (limits.pixels ?? Infinity);
  if (!tooLarge) return file;
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new File([await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 })], file.name ?? "photo.jpg");
}

export const actions = {
  "choose-photo": () => find("photo-file").click(),
  "choose-style": () => find("style-file").click(),
  camera: async () => (await import("./camera.js")).openCamera(takePhoto),
  "try-photo": async () => {
    const blob = await (await fetch("assets/img/cat.webp")).blob();
    await takePhoto(new File([blob], "cat.webp", { type: "image/webp" }));
  },
};

const pictures = (files) => [...(files ?? [])].filter((file) => !file.type || file.type.startsWith("image/"));

export function listen() {
  document.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-do]");
    if (wanted) actions[wanted.dataset.do]?.();
  });
  for (const id of ["photo-file", "photo-capture", "style-file"]) {
    find(id).addEventListener("change", ({ target }) => {
      for (const file of target.files) (id === "style-file" ? takeStyle : takePhoto)(file);
      target.value = "";
    });
  }
  listenToDrops();
  document.addEventListener("paste", (event) => {
    const [file] = pictures(event.clipboardData?.files);
    if (!file) return;
    event.preventDefault();
    takePhoto(file);
    if (desk.now.content) toast("Pasted as the photo.", { label: "Use as style", run: () => takeStyle(file) });
  });
}

function listenToDrops() {
  for (const zone of document.querySelectorAll("[data-drop]")) {
    zone.dataset.dropSays = zone.dataset.drop === "photo" ? "Drop: paint this photo" : "Drop: a style";
  }
  let leaving;
  const zones = document.querySelectorAll("[data-drop]");
  const over = (event) => zones.forEach((zone) => zone.classList.toggle("over-me", zone.contains(event?.target)));
  const stop = () => { document.body.classList.remove("dragging"); over(null); };
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    clearTimeout(leaving);
    document.body.classList.add("dragging");
    over(event);
    leaving = setTimeout(stop, 400); // a drag that leaves the window says nothing
  });
  document.addEventListener("drop", (event) => {
    const files = pictures(event.dataTransfer?.files);
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    stop();
    const zone = event.target.closest("[data-drop]")?.dataset.drop ?? "photo";
    if (!files.length) problem(find("wall-problem"), "This is no picture; drop a JPEG, PNG, WebP or HEIC file.");
    else if (zone === "style") files.slice(0, 4).forEach(takeStyle);
    else takePhoto(files[0]);
  });
}
