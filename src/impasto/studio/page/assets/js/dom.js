// Elements in one line, and the two ways to speak: to the screen reader, and in a problem's own place.

export const find = (id) => document.getElementById(id);

/** An element. Properties beginning with `on` are listeners; null and false are left out; children may be strings. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "vars") setVars(element, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A button with words, and a symbol before them. */
export function button(words, run, { symbol, ...attributes } = {}) {
  return h("button", { type: "button", onclick: run, ...attributes }, symbol && icon(symbol), h("span", {}, words));
}

/** A button that is a symbol; its label is said, and shown when a mouse rests on it. */
export function iconButton(label, symbol, run, attributes = {}) {
  const said = { "aria-label": label, title: label };
  return h("button", { type: "button", class: "round", ...said, onclick: run, ...attributes }, icon(symbol));
}

export const percent = (value) => `${Math.round(value * 100)} %`;

/** Custom properties: what CSS needs to know of numbers. */
export function setVars(element, vars) {
  for (const [name, value] of Object.entries(vars)) element.style.setProperty(`--${name}`, value);
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `assets/img/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A slider whose filled part CSS can colour. change(value) hears every move. */
export function slider({ min = 0, max = 100, step = 1, value, change, ...attributes }) {
  const fill = (input) => setVars(input.closest(".stroke") ?? input, { fill: `${((input.value - min) / (max - min)) * 100}%` });
  const oninput = () => { fill(input); change(+input.value); };
  const input = h("input", { type: "range", min, max, step, value, ...attributes, oninput });
  input.show = (next) => { input.value = next; fill(input); };
  queueMicrotask(() => fill(input));
  return input;
}

/** A row of radio buttons that looks like one switch. options: [value, label, hint]. */
export function choice({ name, legend, options, value, change }) {
  const set = h("fieldset", {}, h("legend", { class: "name" }, legend));
  const row = h("div", { class: "choice" });
  for (const [key, label, hint] of options) {
    const input = h("input", { type: "radio", name, value: key, onchange: () => change(key) });
    input.checked = key === value;
    row.append(h("label", { title: hint }, input, h("span", {}, label)));
  }
  set.append(row);
  set.show = (next) => row.querySelectorAll("input").forEach((input) => { input.checked = input.value === String(next); });
  return set;
}

/** Said to screen readers, shown to nobody. */
export function say(text) {
  find("status").textContent = text;
}

/** The error's one line in the place where the user looks; null clears it. */
export function problem(place, error) {
  place.hidden = !error;
  place.textContent = error ? error.message ?? String(error) : "";
}

/** A short message at the screen's edge, with at most one thing to do about it. */
export function toast(text, action) {
  const box = h("div", { class: "toast" }, text);
  const timer = setTimeout(() => box.remove(), action ? 9000 : 4500);
  if (action) {
    const act = () => { clearTimeout(timer); box.remove(); action.run(); };
    box.append(h("button", { type: "button", onclick: act }, action.label));
  }
  find("toasts").replaceChildren(box);
}
