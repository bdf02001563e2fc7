// The room with the brush: which part of the photo is painted, and from which part of a style. Leaves its regions on the desk.

import * as api from "./api.js";
import { Sheet, COLORS } from "./brush.js";
import { desk } from "./desk.js";
import { closeButton, openDialog } from "./dialog.js";
import { button, h, say, slider } from "./dom.js";

export async function openRegions() {
  const { content, chosen, regions } = desk.now;
  const several = chosen.length > 1;
  const hand = { region: 0, size: 56, erase: false };
  let used = null; // the sheet that was painted on last: undo is about that one
  const sheetOf = (url, ratio, name, side, numbers) => {
    const layers = COLORS.map((_, number) => (numbers.includes(number) ? regions[number]?.[side] : null));
    const sheet = new Sheet({ url, ratio, name, layers, touched: () => { used = sheet; } });
    sheet.hand = hand;
    sheet.numbers = numbers;
    return sheet;
  };
  const everyone = COLORS.map((_, number) => number);
  const photo = sheetOf(api.pictureUrl(content.id, 1024), content.width / content.height, "The photo", "photo", everyone);
  const parts = await Promise.all(chosen.map(async (style, number) => {
    const url = api.pictureUrl(style.picture, 768);
    return sheetOf(url, await ratioOf(url), style.name, "style", several ? [number] : everyone);
  }));
  const spots = h("div", {});
  const turnTo = (number) => {
    hand.region = number;
    const part = parts[several ? number : 0];
    const name = chosen[several ? number : 0].name;
    spots.replaceChildren(h("p", { class: "sheet-name" }, `From where in ${name}`), part.element);
  };
  turnTo(0);
  const sheets = [photo, ...parts];
  const leave = (found) => {
    desk.set({ regions: found });
    dialog.close();
  };
  const names = several ? chosen.map((style) => style.name) : ["First region", "Second", "Third", "Fourth"];
  const dialog = openDialog("Paint by regions", [
    h("p", {}, several ? "Brush over the photo where each style belongs. What no style covers stays as it is." :
      "Brush over what should be painted. On the right you may say which part of the style it is painted from."),
    chips(names, turnTo),
    tools(hand, sheets, () => used ?? photo),
    h("div", { class: "sheets" }, h("div", {}, h("p", { class: "sheet-name" }, "Where in the photo"), photo.element), spots),
    h("div", { class: "dialog-foot" },
      button("Paint everywhere", () => leave([])), closeButton("Leave as it was"),
      button("Use these regions", () => leave(gather(photo, parts, several)), { class: "primary" })),
  ], { wide: "brushes" });
}

/** One region a style; or with one style, those that were painted. Nothing painted anywhere means no regions. */
function gather(photo, parts, several) {
  const numbers = several ? parts.map((_, number) => number) : COLORS.map((_, number) => number);
  const found = numbers.map((number) => ({ photo: photo.layer(number), style: parts[several ? number : 0].layer(number) }));
  if (several) return found.some((region) => region.photo || region.style) ? found : [];
  return found.filter((region) => region.photo || region.style);
}

function chips(names, turnTo) {
  const set = h("fieldset", {}, h("legend", { class: "hushed" }, "Region"));
  set.append(h("div", { class: "chips" }, names.map((name, number) => {
    const input = h("input", { type: "radio", name: "region", value: number, onchange: () => turnTo(number) });
    input.checked = number === 0;
    return h("label", { class: "chip", vars: { dot: COLORS[number] } }, input, h("span", { class: "dot" }), name);
  })));
  return set;
}

function tools(hand, sheets, current) {
  const press = (erase) => {
    hand.erase = erase;
    brush.setAttribute("aria-pressed", !erase);
    eraser.setAttribute("aria-pressed", erase);
  };
  const brush = button("Brush", () => press(false), { symbol: "brush", "aria-pressed": "true" });
  const eraser = button("Eraser", () => press(true), { symbol: "eraser", "aria-pressed": "false" });
  const size = slider({ min: 6, max: 200, value: hand.size, "aria-label": "Size of the brush", change: (value) => {
    hand.size = value;
    sheets.forEach((sheet) => sheet.moveTip(sheet.at));
  } });
  const undo = button("Undo", () => say(current().undo() ? "Undone." : "There is nothing to undo."), { symbol: "undo" });
  const fills = [["Fill", true], ["Clear", false]].map(([words, full]) => button(words, () => current().fill(full)));
  return h("div", { class: "tools-row", role: "group", "aria-label": "Brush" }, brush, eraser,
    h("div", { class: "size" }, "Size", size), undo, fills);
}

async function ratioOf(url) {
  const image = new Image();
  image.src = url;
  await image.decode().catch(() => null);
  return (image.naturalWidth || 1) / (image.naturalHeight || 1);
}
