// Latest creations: the studio's paintings, newest first, each with what it was made of. Fetched when somebody looks at them.

import * as api from "./api.js";
import { button, find, h, problem, say, setVars } from "./dom.js";
import { ago, isOver, list, note, title } from "./words.js";

const PAGE = 12;
const THINK_AGAIN = 8000; // ms to undo a deletion
const cards = new Map(); // id -> {painting, item}
const going = new Map(); // id -> timer: deleted, but not yet for good
let next; // undefined before the first page, null after the last
let loading = false;
let hooks = {};

/** hooks: open(painting), again(painting), gone(id). */
export function build(given) {
  hooks = given;
  find("more").addEventListener("click", () => load());
  const watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && next !== null && load());
  watcher.observe(find("creations-title"));
  watcher.observe(find("more"));
  addEventListener("pagehide", () => [...going.keys()].forEach(removeForGood));
}

async function load() {
  if (loading || next === null) return;
  loading = true;
  try {
    const page = await api.paintings(PAGE, next);
    problem(find("creations-problem"), null);
    next = page.next ?? null;
    for (const painting of page.paintings) if (!cards.has(painting.id)) hang(painting, "append");
  } catch (error) {
    problem(find("creations-problem"), error);
  }
  loading = false;
  find("more").hidden = !next;
  drawEmpty();
}

const drawEmpty = () => { find("creations-empty").hidden = cards.size > 0 || next === undefined; };

/** A painting is new, or has come further. */
export function update(painting) {
  const known = cards.get(painting.id);
  if (!known) {
    if (next !== undefined) hang(painting, "prepend");
    return;
  }
  const changed = known.painting.state !== painting.state || known.painting.thumbnail !== painting.thumbnail;
  known.painting = painting;
  if (changed) fill(known.item, painting);
  else known.item.querySelector(".card-note").textContent = caption(painting);
}

function hang(painting, where) {
  if (painting.state === "cancelled" && !painting.thumbnail) return;
  const item = h("li", { class: "card", "data-id": painting.id });
  cards.set(painting.id, { painting, item });
  fill(item, painting);
  find("hang")[where](item);
  drawEmpty();
}

function caption(painting) {
  const when = isOver(painting) ? ago(painting.finished ?? painting.created) : "";
  return [note(painting), when].filter(Boolean).join(" · ");
}

function fill(item, painting) {
  const { id, content, styles = [] } = painting;
  const { width, height } = painting.width ? painting : content ?? { width: 3, height: 2 };
  setVars(item, { ratio: Math.min(2.4, Math.max(0.6, width / height)) });
  item.classList.remove("gone");
  const small = (url) => h("img", { src: url, alt: "", loading: "lazy", decoding: "async" });
  const open = () => hooks.open(cards.get(id).painting);
  const label = { type: "button", "aria-label": `Open: ${title(painting)}`, onclick: open };
  const bare = isOver(painting) ? "no picture" : "painting";
  const picture = painting.thumbnail ? h("button", { class: "card-picture", ...label }, small(painting.thumbnail)) :
    h("button", { class: "card-picture bare", ...label }, bare);
  const from = [content, ...styles.map((style) => style.picture)].filter(Boolean).slice(0, 4);
  const names = list(["the photo", ...styles.map((style) => style.name)]);
  const acts = h("div", { class: "card-acts" });
  if (painting.kind === "painting") {
    acts.append(button("Use this style again", () => hooks.again(painting), { symbol: "again" }));
  }
  acts.append(button("Delete", () => remove(id), { symbol: "trash", "aria-label": `Delete ${title(painting)}` }));
  item.replaceChildren(picture, h("div", { class: "card-text" }, h("h3", {}, title(painting)),
    h("div", { class: "card-from", role: "img", "aria-label": `Made of ${names}` }, from.map((one) => small(one.thumbnail))),
    h("p", { class: "card-note" }, caption(painting)), acts));
}

/** Deletes after a while; until then the card itself says how to have it back. */
function remove(id) {
  const { item, painting } = cards.get(id);
  const undo = button("Undo", () => bringBack(id), { symbol: "undo" });
  item.classList.add("gone");
  item.querySelector(".card-picture").disabled = true;
  item.querySelector(".card-acts").replaceChildren(h("span", { class: "card-note" }, "Deleted."), undo);
  undo.focus();
  say(`${title(painting)} deleted. Undo is under it for ${THINK_AGAIN / 1000} seconds.`);
  going.set(id, setTimeout(() => removeForGood(id), THINK_AGAIN));
}

function bringBack(id) {
  clearTimeout(going.get(id));
  going.delete(id);
  const { item, painting } = cards.get(id);
  fill(item, painting);
  item.querySelector(".card-picture").focus();
}

async function removeForGood(id) {
  clearTimeout(going.get(id));
  going.delete(id);
  const { item, painting } = cards.get(id);
  const hadFocus = item.contains(document.activeElement);
  const neighbour = item.nextElementSibling ?? item.previousElementSibling;
  try {
    await api.remove(id);
    cards.delete(id);
    item.remove();
    hooks.gone(id);
    if (hadFocus) (neighbour?.querySelector(".card-picture") ?? find("creations")).focus({ preventScroll: true });
  } catch (error) {
    fill(item, painting);
    problem(find("creations-problem"), error);
  }
  drawEmpty();
}
