// Regions outlive a reload: what the brush painted is kept in the browser, beside the desk's other settings, as small PNGs.
// Where the browser has no room, or refuses, the regions end with the page.

import { desk } from "./desk.js";
import { h } from "./dom.js";

const NAME = "impasto-regions";
const MOST = 2_000_000; // characters; four regions full of wild scribbles take a third of it
let seen = null; // the regions that are kept

/** What regions were painted over: with another photo, or other styles, they mean nothing. */
const under = ({ content, chosen }) => [content?.id, ...chosen.map((style) => style.key)].join(" ");

/** Reads what is kept; (desk) => the regions for what lies there, or none. */
export async function keptRegions() {
  try {
    const { over, regions } = JSON.parse(localStorage.getItem(NAME));
    const pair = async ({ photo, style }) => ({ photo: await drawn(photo), style: await drawn(style) });
    const found = await Promise.all(regions.map(pair));
    return (now) => (over === under(now) ? (seen = found) : []);
  } catch {
    return () => [];
  }
}

/** From now on, regions are kept as they change, and forgotten when they are gone. */
export function keepRegions() {
  desk.on(() => {
    const { regions } = desk.now;
    if (regions === seen) return;
    seen = regions;
    try {
      localStorage.removeItem(NAME); // what is too large must not leave an older state behind
      if (!regions.length) return;
      const packed = regions.map(({ photo, style }) => ({ photo: png(photo), style: png(style) }));
      const text = JSON.stringify({ over: under(desk.now), regions: packed });
      if (text.length <= MOST) localStorage.setItem(NAME, text);
    } catch { /* storage may be forbidden or full */ }
  });
}

/** At once, so that a reload cannot come before it; OffscreenCanvas would only promise it. */
function png(layer) {
  if (!layer) return null;
  const { width, height } = layer;
  const canvas = h("canvas", { width, height });
  canvas.getContext("2d").drawImage(layer, 0, 0);
  return canvas.toDataURL();
}

async function drawn(url) {
  if (!url) return null;
  const image = new Image();
  image.src = url;
  await image.decode();
  const layer = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  layer.getContext("2d").drawImage(image, 0, 0);
  return layer;
}
