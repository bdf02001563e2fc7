// The wall: one picture, as large as fits, the photo under the painting, and the divider between them.

import { find, setVars } from "./dom.js";

const picture = find("picture");
const before = find("before");
const sketch = find("sketch");
const after = find("after");
const divider = find("divider");
const wash = find("wash");
let hanging = ""; // the URL that `after` shows or is loading

/** How much of the photo is shown from the left, 0 to 100. */
export function cutAt(percent) {
  const cut = Math.min(100, Math.max(0, Math.round(percent)));
  setVars(picture, { cut: `${cut}%`, "line-shows": cut > 0 && cut < 100 ? 1 : 0 });
  divider.setAttribute("aria-valuenow", cut);
  const extremes = { 0: "the painting alone", 100: "the photo alone" };
  divider.setAttribute("aria-valuetext", extremes[cut] ?? `${cut} percent photo`);
}

/** Hangs a photo; a painting or a preview comes over it. arrives: false for another copy of what hangs there already. */
export function hangPhoto({ url, width, height }, { arrives = true } = {}) {
  if (before.dataset.shows === url && !picture.hidden) return;
  setVars(find("wall"), { ratio: width / height });
  find("blank").hidden = true;
  picture.hidden = false;
  before.dataset.shows = url;
  before.src = url;
  before.alt = "The photo";
  if (!arrives) return;
  takeDown();
  picture.classList.remove("arrives");
  void picture.offsetWidth; // a class must be seen gone for its animation to run again
  picture.classList.add("arrives");
}


/** Nothing over the photo. */
export function takeDown() {
  sketch.hidden = after.hidden = divider.hidden = true;
  hanging = "";
  cutAt(0);
  working(undefined);
}

export function showSketch(bitmap) {
  if (sketch.width !== bitmap.width || sketch.height !== bitmap.height) {
    sketch.width = bitmap.width;
    sketch.height = bitmap.height;
  }
  sketch.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close?.();
  hanging = "";
  sketch.hidden = divider.hidden = false;
  after.hidden = true;
}

/** Swaps the painting for a newer state of itself once that is decoded, so that nothing flickers. */
export async function showPainting(url, alt) {
  if (hanging === url) return;
  hanging = url;
  const next = new Image();
  next.src = url;
  await next.decode().catch(() => null);
  if (hanging !== url) return;
  after.src = url;
  after.alt = alt;
  after.hidden = divider.hidden = false;
  sketch.hidden = true;
  after.classList.remove("fresh");
  void after.offsetWidth;
  after.classList.add("fresh");
}

/** The thin line of progress: 0 to 1, null for unknown, undefined for none. */
export function working(done) {
  wash.hidden = done === undefined;
  wash.classList.toggle("waiting", done === null);
  if (done) setVars(wash, { done });
}

/** Longer side of the picture on this screen, in its own pixels. */
export const reach = () => Math.max(picture.clientWidth, picture.clientHeight) * devicePixelRatio;

// The label is as wide as the picture above it.
const fitLabel = () => setVars(find("label"), { "label-width": picture.hidden ? "100%" : `${picture.clientWidth}px` });
new ResizeObserver(fitLabel).observe(picture);

function drag(event) {
  const box = picture.getBoundingClientRect();
  cutAt(((event.clientX - box.left) / box.width) * 100);
}

picture.addEventListener("pointerdown", (event) => {
  if (divider.hidden || event.button !== 0) return;
  picture.setPointerCapture(event.pointerId);
  if (event.pointerType === "mouse" || event.target.closest(".grip")) drag(event);
  picture.addEventListener("pointermove", drag);
  const done = () => picture.removeEventListener("pointermove", drag);
  picture.addEventListener("pointerup", done, { once: true });
  picture.addEventListener("pointercancel", done, { once: true });
  divider.focus({ preventScroll: true });
});

divider.addEventListener("keydown", (event) => {
  const now = Number(divider.getAttribute("aria-valuenow"));
  const steps = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -20, PageUp: 20, Home: -100, End: 100 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  cutAt(now + steps[event.key]);
});

document.addEventListener("dragstart", (event) => event.target.closest?.("#picture") && event.preventDefault());
