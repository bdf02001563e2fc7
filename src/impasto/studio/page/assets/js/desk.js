// What lies on the artist's desk: the photo, the chosen styles, and how to paint. The one state; every part listens to it.

import { smallUrl } from "./api.js";

const KEPT = ["content", "chosen", "strength", "color", "texture", "size", "iterations", "contentWeight", "preset"];
const NAME = "impasto-desk";
export const MOST_STYLES = 4;

const state = {
  content: null, // a picture of the studio
  chosen: [], // {key, name, ref: {style} | {picture}, picture, thumbnail, weight}, at most four
  strength: 1,
  color: "style",
  texture: "",
  size: 512,
  iterations: null,
  contentWeight: 1,
  preset: "",
  regions: [], // {photo, style}: canvases painted with the brush, or null for everywhere; see brush.js
};
const listeners = new Set();

export const desk = {
  get now() { return state; },

  /** Changes some of it. quiet: others draw it, but nothing is repainted. */
  set(patch, { quiet = false } = {}) {
    const keys = Object.keys(patch).filter((key) => state[key] !== patch[key]);
    if (!keys.length) return;
    const sameSeats = !("chosen" in patch) || patch.chosen.length === state.chosen.length;
    const samePhoto = !("content" in patch) || patch.content?.id === state.content?.id;
    const swapped = "chosen" in patch && patch.chosen.some((style, seat) => style.key !== state.chosen[seat]?.key);
    Object.assign(state, patch);
    if (state.regions.length && !("regions" in patch)) {
      if (!samePhoto || !sameSeats) state.regions = [];
      else if (swapped) state.regions = state.regions.map((region) => ({ ...region, style: null }));
    }
    keep();
    for (const listen of listeners) listen(keys, quiet);
  },

  /** listen(keys, quiet) after every change. */
  on(listen) { listeners.add(listen); },
};

/** A style of the shelf, as the desk holds it. */
export const asChosen = (style, weight = 1) => ({
  key: style.id, name: style.name, ref: { style: style.id }, picture: style.picture.id, thumbnail: smallUrl(style), weight,
});

export function choose(style) {
  desk.set({ chosen: [asChosen(style)] });
}

/** Adds a style to the mix, or takes it out; the last one stays. Returns whether there was room. */
export function mix(style) {
  const { chosen } = state;
  if (chosen.some((one) => one.key === style.id)) {
    if (chosen.length > 1) desk.set({ chosen: chosen.filter((one) => one.key !== style.id) });
    return true;
  }
  if (chosen.length >= MOST_STYLES) return false;
  desk.set({ chosen: [...chosen, asChosen(style)] });
  return true;
}

/** What a painting was made with, back on the desk; shelf: the styles, so that known ones are found again. */
export function recall(painting, shelf, { photo = true, quiet = false } = {}) {
  const { settings = {} } = painting;
  const chosen = painting.styles.map((one) => {
    const known = shelf.find((style) => style.picture.id === one.picture?.id);
    if (known) return asChosen(known, one.weight);
    if (!one.picture) return null; // it is gone
    const { id, thumbnail } = one.picture;
    return { key: id, name: one.name || "a picture", ref: { picture: id }, picture: id, thumbnail, weight: one.weight };
  }).filter(Boolean);
  const patch = { chosen, regions: [], preset: settings.preset ?? "" };
  for (const key of ["strength", "color", "texture", "size", "iterations"]) {
    if (settings[key] !== undefined && settings[key] !== null) patch[key] = settings[key];
  }
  if (settings.content_weight) patch.contentWeight = settings.content_weight;
  if (photo && painting.content) patch.content = painting.content;
  desk.set(patch, { quiet });
}

/** The request's styles. Weights that are all zero would mean nothing; then all count alike. */
export function stylesOf({ chosen }) {
  const nothing = chosen.every((style) => !style.weight);
  return chosen.map((style) => ({ ...style.ref, weight: nothing ? 1 : style.weight }));
}

function keep() {
  try {
    localStorage.setItem(NAME, JSON.stringify(Object.fromEntries(KEPT.map((key) => [key, state[key]]))));
  } catch { /* storage may be forbidden or full; the desk is then empty after a reload */ }
}

/** The desk as it was when the page was left, or null. */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(NAME));
  } catch {
    return null;
  }
}
