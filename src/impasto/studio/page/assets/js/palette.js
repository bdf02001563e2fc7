// The palette: which photo and which styles lie on the desk, and how they are mixed.

import { desk } from "./desk.js";
import { find, h, iconButton, percent, slider } from "./dom.js";

let drawnMix = "";

export function drawPhoto() {
  const { content } = desk.now;
  const part = find("photo-part");
  part.hidden = !content;
  if (!content) return;
  part.replaceChildren(h("div", { class: "item" },
    h("img", { src: content.thumbnail, alt: "" }),
    h("div", {}, h("b", {}, "Photo"), h("span", { class: "hint" }, `${content.width} × ${content.height}`)),
    h("div", { class: "tools" },
      iconButton("Choose another photo", "photo", null, { "data-do": "choose-photo" }),
      iconButton("Take a photo with the camera", "camera", null, { "data-do": "camera" }))));
}

/** The chosen styles; with two or more, each has a slider. Drawn anew only when others are chosen. */
export function drawMix() {
  const { chosen } = desk.now;
  const part = find("mix-part");
  const keys = chosen.map((style) => style.key).join(" ");
  if (keys !== drawnMix || !part.childElementCount) {
    drawnMix = keys;
    part.replaceChildren(h("h2", { class: "heading" }, chosen.length > 1 ? "Mix" : "Style"));
    if (chosen.length === 1) part.append(single(chosen[0]));
    else if (chosen.length) part.append(...chosen.map(blended));
    else part.append(h("p", { class: "hint" }, "Choose a picture from the shelf, or drop your own here."));
  }
  drawShares();
}

function single(style) {
  return h("div", { class: "item" }, h("img", { src: style.thumbnail, alt: "" }),
    h("div", {}, h("b", {}, style.name), h("span", { class: "hint" }, "The plus on the shelf mixes in another.")), h("span"));
}

function blended(style) {
  const others = () => desk.now.chosen.filter((one) => one.key !== style.key);
  const weigh = (weight) => desk.now.chosen.map((one) => (one.key === style.key ? { ...one, weight } : one));
  const change = (value) => desk.set({ chosen: weigh(value / 100) });
  const share = h("output", { class: "hint", "data-share": style.key });
  const label = { "aria-label": `How much of ${style.name}`, "data-weight": style.key };
  const input = slider({ value: Math.round(style.weight * 100), change, ...label });
  return h("div", { class: "item" }, h("img", { src: style.thumbnail, alt: "" }),
    h("div", {}, h("span", { class: "name" }, h("span", {}, style.name), share), input),
    iconButton(`Take ${style.name} out`, "close", () => desk.set({ chosen: others() })));
}

function drawShares() {
  const { chosen } = desk.now;
  const total = chosen.reduce((sum, style) => sum + style.weight, 0);
  for (const style of chosen) {
    const part = total ? style.weight / total : 1 / chosen.length;
    const output = find("mix-part").querySelector(`[data-share="${CSS.escape(style.key)}"]`);
    if (!output) continue;
    output.textContent = percent(part);
    const input = find("mix-part").querySelector(`[data-weight="${CSS.escape(style.key)}"]`);
    input.setAttribute("aria-valuetext", `${percent(part)} of the mix`);
    if (document.activeElement !== input) input.show(Math.round(style.weight * 100));
  }
}
