// The shelf: all styles as pictures on a ledge. A click paints with one alone, the small plus mixes up to four.

import * as api from "./api.js";
import { choose, desk, mix, MOST_STYLES } from "./desk.js";
import { find, h, icon, iconButton, problem, say } from "./dom.js";

let styles = [];

export const all = () => styles;

export async function load() {
  try {
    styles = await api.styles();
    draw();
  } catch (error) {
    problem(find("shelf-problem"), error);
  }
}

/** A style to begin with, so that a photo is never without a painting. */
export const first = () => styles.find((style) => /night/i.test(style.name)) ?? styles[0];

export function add(style) {
  styles = [style, ...styles.filter((one) => one.id !== style.id)];
  draw();
  find("ledge").scrollTo({ left: 0, behavior: "smooth" });
}

function draw() {
  const bring = h("button", { type: "button", "data-do": "choose-style" }, icon("plus"), "Your own");
  const own = h("li", { class: "stand own" }, bring);
  find("ledge").replaceChildren(own, ...styles.map(stand));
  mark();
}

function stand(style) {
  const image = h("img", { src: api.smallUrl(style), alt: "", loading: "lazy", decoding: "async", draggable: "false" });
  const item = h("li", { class: "stand", "data-style": style.id },
    h("button", { type: "button", "aria-label": style.name, title: style.name, onclick: () => choose(style) }, image),
    h("button", { class: "mini mix", type: "button", onclick: () => mixIn(style) }, icon("plus")));
  if (style.kind === "user") {
    item.append(iconButton(`Remove ${style.name}`, "close", () => remove(style), { class: "mini throw" }));
  }
  return item;
}

function mixIn(style) {
  const fits = mix(style);
  problem(find("shelf-problem"), fits ? null : `A mix holds ${MOST_STYLES} styles; take one out first.`);
}

async function remove(style) {
  try {
    await api.deleteStyle(style.id);
    styles = styles.filter((one) => one.id !== style.id);
    const { chosen } = desk.now;
    const rest = chosen.filter((one) => one.key !== style.id);
    if (rest.length < chosen.length) desk.set({ chosen: rest.length ? rest : [] });
    draw();
    find("ledge").querySelector("button").focus();
    say(`${style.name} was removed.`);
  } catch (error) {
    problem(find("shelf-problem"), error);
  }
}

/** Which ones are chosen. */
export function mark() {
  const { chosen } = desk.now;
  for (const style of styles) {
    const item = find("ledge").querySelector(`[data-style="${CSS.escape(style.id)}"]`);
    const isChosen = chosen.some((one) => one.key === style.id);
    item.classList.toggle("chosen", isChosen);
    item.firstChild.setAttribute("aria-pressed", isChosen);
    const plus = item.querySelector(".mix");
    plus.setAttribute("aria-label", isChosen ? `Take ${style.name} out of the mix` : `Mix in ${style.name}`);
    plus.title = isChosen ? "Take out of the mix" : "Mix in";
    plus.hidden = !chosen.length || (isChosen && chosen.length === 1);
    plus.querySelector("use").setAttribute("href", `assets/img/icons.svg#${isChosen ? "check" : "plus"}`);
  }
}
