// Brings the parts together: loads, listens, and tells each part when another has changed something.

import * as api from "./api.js";
import { choose, desk, kept, recall } from "./desk.js";
import { button, find, h, problem, say } from "./dom.js";
import * as gallery from "./gallery.js";
import * as intake from "./intake.js";
import * as jobs from "./jobs.js";
import { keepRegions, keptRegions } from "./keptregions.js";
import { drawMix, drawPhoto } from "./palette.js";
import { buildAdvanced, buildLook } from "./settings.js";
import * as shelf from "./shelf.js";
import * as view from "./view.js";
import { bodyOf } from "./order.js";
import { isOver } from "./words.js";

/** Keys of the desk that the preview depends on; the others matter to the online method alone. */
const SEEN = ["content", "chosen", "strength", "color", "regions"];

function listenToDesk(draws) {
  desk.on((keys, quiet) => {
    const since = performance.now();
    if (keys.includes("content")) drawPhoto();
    if (keys.includes("chosen")) shelf.mark();
    draws.forEach((draw) => draw());
    drawActs();
    if (!quiet && keys.some((key) => SEEN.includes(key))) view.showPreview(since);
  });
}

// Rooms that few visits enter are fetched at the door.
const openRegions = async () => (await import("./regions.js")).openRegions();
const openWorks = async () => (await import("./works.js")).openWorks(desk.now);

const trouble = h("p", { class: "problem", role: "alert", hidden: true });
const paint = button("Paint it", () => start("online"), { class: "primary", id: "paint" });
const keep = button("Keep preview", () => start("fast"), { symbol: "save", id: "keep", title: "Keep it at full size" });
const works = button("How it works", openWorks, { symbol: "eye", id: "works" });
find("act").append(trouble, paint, h("div", { class: "beside" }, keep, works));

function drawActs() {
  const { content, chosen } = desk.now;
  for (const button of [paint, keep, works]) button.disabled = !content || !chosen.length;
}

async function start(method) {
  problem(trouble, null);
  paint.disabled = keep.disabled = true;
  try {
    const painting = await jobs.start(await bodyOf(desk.now, method));
    view.showPainting(painting, shelf.all(), { desk: false });
    say(isOver(painting) ? "The painting is finished." : "The painting has begun.");
    scrollTo({ top: 0 });
  } catch (error) {
    problem(trouble, error);
  }
  drawActs();
}

/** The painting that the address names, or the newest one that is being made, or the desk as it was left. */
async function resume() {
  const named = /^#painting-(.+)$/.exec(location.hash)?.[1];
  const regionsOf = await keptRegions();
  const page = await api.paintings(8).catch(() => ({ paintings: [] }));
  const running = page.paintings.filter((painting) => !isOver(painting));
  running.forEach((painting) => painting.kind === "painting" && jobs.follow(painting));
  const wanted = named && (page.paintings.find((one) => one.id === named) ?? (await api.painting(named).catch(() => null)));
  const painting = wanted ?? running.find((one) => one.kind === "painting");
  if (painting) {
    view.showPainting(painting, shelf.all());
    const regions = regionsOf(desk.now);
    if (regions.length) desk.set({ regions }, { quiet: true });
    return null;
  }
  const before = kept();
  if (!before?.content) return null;
  const stillThere = await fetch(before.content.thumbnail, { method: "GET" }).then((answer) => answer.ok, () => false);
  const known = ({ ref }) => !ref.style || shelf.all().some((style) => style.id === ref.style);
  if (!stillThere) return null;
  const left = { ...before, chosen: before.chosen.filter(known) };
  desk.set({ ...left, regions: regionsOf(left) });
  return null;
}

async function begin() {
  const [options] = await Promise.all([api.options().catch((error) => { problem(trouble, error); return {}; }), shelf.load()]);
  intake.setLimits(options.limits);
  const { strength = 1, size = 512, color = "style" } = options.defaults ?? {};
  desk.set({ strength, size, color }, { quiet: true });
  const draws = [buildLook(openRegions), buildAdvanced(options), drawMix];
  listenToDesk(draws);
  draws.forEach((draw) => draw());
  drawActs();
  intake.listen();
  jobs.onNews(view.hearNews);
  jobs.onNews(gallery.update);
  gallery.build({ open, again, gone: view.forget });
  await resume();
  keepRegions();
  api.health().then(({ version }) => { find("version").textContent = version ?? ""; }, () => {});
}

function open(painting) {
  view.showPainting(painting, shelf.all());
  scrollTo({ top: 0 });
  find("wall").focus({ preventScroll: true });
}

function again(painting) {
  recall(painting, shelf.all(), { photo: !desk.now.content });
  view.showPreview();
  if (!desk.now.chosen.length) choose(shelf.first());
  scrollTo({ top: 0 });
  find("wall").focus({ preventScroll: true });
}

begin();
