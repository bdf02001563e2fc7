// How to paint: strength, colours and regions for everybody, and behind a disclosure what the online method knows besides.

import { desk } from "./desk.js";
import { button, choice, find, h, percent, slider } from "./dom.js";

const COLORS = [
  ["style", "Style’s", "Paint with the colours of the style"],
  ["keep", "Photo’s", "Paint, then give the painting the photo’s colours"],
  ["match", "Matched", "Recolour the style like the photo, then paint"],
];

/** Strength, colours and regions: what most people turn. Returns what draws them anew. */
export function buildLook(openRegions) {
  const { strength, color } = desk.now;
  const output = h("output", {});
  const turn = (value) => desk.set({ strength: value / 100 });
  const input = slider({ value: Math.round(strength * 100), change: turn, id: "strength", "aria-label": "Strength" });
  const change = (key) => desk.set({ color: key });
  const colors = choice({ name: "color", legend: "Colours", value: color, change, options: COLORS });
  const regions = button("Paint only parts of it", openRegions, { symbol: "brush", class: "wide", id: "regions" });
  const heading = h("div", { class: "heading" }, h("h2", {}, "Strength"), output);
  find("look-part").append(heading, h("div", { class: "stroke" }, input), h("div", { class: "field" }, colors), regions);
  return () => {
    const now = desk.now;
    output.textContent = percent(now.strength);
    input.setAttribute("aria-valuetext", percent(now.strength));
    if (Math.round(now.strength * 100) !== +input.value) input.show(Math.round(now.strength * 100));
    colors.show(now.color);
    regions.disabled = !now.content || !now.chosen.length;
    const count = now.regions.length;
    regions.lastChild.textContent = count ? `${count} region${count > 1 ? "s" : ""} painted` : "Paint only parts of it";
  };
}

/** The online method's own settings. Returns what draws them anew. */
export function buildAdvanced({ defaults = {}, textures = [], sizes = [256, 512, 768, 1024], presets = [] }) {
  const now = desk.now;
  const usual = defaults.iterations ?? 165;
  const said = h("p", { class: "hint" });
  const names = textures.map((one) => [one.name, one.name]);
  const recipes = [["", "Impasto’s own"], ...presets.map(({ name }) => [name, name])];
  const texture = select("texture", "Texture model", names, (name) => desk.set({ texture: name }));
  const preset = select("preset", "Recipe", recipes, (name) => desk.set({ preset: name }));
  const size = choice({
    name: "size", legend: "Longer side, in pixels", value: String(now.size), change: (key) => desk.set({ size: +key }),
    options: sizes.map((side) => [String(side), String(side)]),
  });
  const steps = amount("iterations", "Iterations", { min: 10, max: 500, step: 5, value: now.iterations ?? usual },
    (value) => desk.set({ iterations: value }));
  const hold = { min: -2, max: 2, step: 0.25, value: Math.log2(now.contentWeight) };
  const shapes = amount("content-weight", "Hold on to the photo’s shapes", hold,
    (value) => desk.set({ contentWeight: 2 ** value }), (value) => `× ${+(2 ** value).toFixed(2)}`);
  const first = h("div", { class: "field" }, size);
  find("advanced-part").append(first, texture.field, said, steps.field, shapes.field, preset.field);
  return () => {
    const { texture: name, preset: recipe, size: side, iterations, contentWeight } = desk.now;
    texture.input.value = name || defaults.texture || names[0]?.[0] || "";
    said.textContent = textures.find((one) => one.name === texture.input.value)?.what ?? "";
    preset.input.value = recipe;
    // A recipe brings its own texture model, iterations and weights.
    for (const own of [texture.input, steps.input, shapes.input]) own.disabled = Boolean(recipe);
    size.show(side);
    steps.show(iterations ?? usual);
    shapes.show(Math.log2(contentWeight));
  };
}

function select(id, label, options, change) {
  const choices = options.map(([value, text]) => h("option", { value }, text));
  const input = h("select", { id, onchange: () => change(input.value) }, choices);
  return { input, field: h("div", { class: "field" }, h("label", { for: id }, label), input) };
}

function amount(id, label, range, change, told = String) {
  const output = h("output", {});
  const hear = (next) => { output.textContent = told(next); change(next); };
  const input = slider({ ...range, id, change: hear });
  const show = (next) => {
    output.textContent = told(next);
    if (+input.value !== next) input.show(next);
  };
  return { input, show, field: h("div", { class: "field" }, h("label", { for: id }, h("span", {}, label), output), input) };
}
