// What the wall shows: the preview of what lies on the desk, or one painting, being made or finished; and the label beneath it.

import * as api from "./api.js";
import { desk, recall, stylesOf } from "./desk.js";
import { button, find, h, icon, problem, say, toast } from "./dom.js";
import * as jobs from "./jobs.js";
import { Previewer } from "./preview.js";
import { paintRegions } from "./regionpreview.js";
import * as stage from "./stage.js";
import { isOver, list, note, progress, share, title } from "./words.js";

let current = null; // the painting on the wall, or null for the preview
let saidLevel = 0;

const previewer = new Previewer({
  request: (size, signal) => {
    const { content, chosen, strength, color, regions } = desk.now;
    if (!content || !chosen.length) return null;
    if (size > 512 && stage.reach() <= 600) return null;
    const body = { content: content.id, styles: stylesOf(desk.now), strength, color, size };
    return regions.some((region) => region.photo) ? paintRegions(body, regions, signal) : api.preview(body, signal);
  },
  show: (bitmap) => current || stage.showSketch(bitmap),
  fail: (error) => current || problem(find("wall-problem"), error),
});

export const shown = () => current;

/** Shows the desk: the photo with its preview over it. since: when the hand moved. */
export function showPreview(since) {
  const { content, chosen } = desk.now;
  const was = current;
  current = null;
  remember("");
  if (!content) return;
  stage.hangPhoto(api.wallPicture(content));
  if (was) stage.takeDown();
  stage.working(undefined);
  drawLabel();
  drawPill();
  if (chosen.length) previewer.want(since);
}

/** Hangs a painting. Its photo, styles and settings come back to the desk unless they lie there. */
export function showPainting(painting, shelf, { desk: toDesk = true } = {}) {
  previewer.stop();
  problem(find("wall-problem"), null);
  current = painting;
  saidLevel = 0;
  remember(painting.id);
  if (toDesk && painting.kind === "painting") recall(painting, shelf, { quiet: true });
  const photo = painting.content ?? painting.styles[0]?.picture; // a figure of a style has no photo
  if (photo) stage.hangPhoto(api.wallPicture(photo));
  draw(painting);
  if (isOver(painting)) stage.cutAt(0);
  jobs.follow(painting);
}

/** A painting on the wall was deleted. */
export function forget(id) {
  if (current?.id === id) showPreview();
}

function remember(id) {
  history.replaceState(null, "", id ? `#painting-${id}` : location.pathname + location.search);
}

/** Everything that shows how far the painting on the wall is. */
function draw(painting) {
  const url = painting.picture ?? painting.preview;
  const { width, height } = painting;
  if (painting.kind === "reconstruction" && url) stage.hangPhoto({ url, width, height });
  else if (url) stage.showPainting(url, `${title(painting)}${isOver(painting) ? "" : ", being painted"}`);
  stage.working(isOver(painting) ? undefined : share(painting));
  const failed = painting.state === "failed" ? painting.error ?? "The painting did not work out." : null;
  problem(find("wall-problem"), failed);
  drawLabel();
  drawPill();
}

function drawLabel() {
  const label = find("label");
  const { chosen } = desk.now;
  const heading = current ? title(current) : chosen.length ? `After ${list(chosen.map((one) => one.name))}` : "The photo";
  const below = current ? note(current) : chosen.length ? "preview" : "choose a style to paint it in";
  // The label is redrawn at every step; what holds the focus must stay the same element.
  const state = current ? `${current.id} ${isOver(current) ? current.state : "at work"}` : "preview";
  if (label.dataset.state !== state) {
    label.dataset.state = state;
    const text = h("div", { class: "label-text" }, h("div", { class: "label-title" }), h("div", { class: "label-note" }));
    label.replaceChildren(text, acts());
  }
  label.querySelector(".label-title").textContent = heading;
  label.querySelector(".label-note").textContent = below;
}

function acts() {
  const box = h("div", { class: "label-acts" });
  if (!current) return box;
  const painting = current;
  if (!isOver(painting)) {
    box.append(button("Cancel", () => cancel(painting), { symbol: "close" }));
  } else {
    box.append(button("Back to preview", () => showPreview()));
    if (painting.picture) {
      const join = painting.picture.includes("?") ? "&" : "?";
      const href = `${painting.picture}${join}download=1`;
      box.append(h("a", { class: "button", href, download: "" }, icon("download"), "Download"));
    }
  }
  return box;
}

async function cancel(painting) {
  try {
    await jobs.stop(painting.id);
    say("Painting cancelled.");
    if (current?.id === painting.id) {
      showPreview();
      find("wall").focus({ preventScroll: true });
    }
  } catch (error) {
    problem(find("wall-problem"), error);
  }
}

/** A running painting that does not hang on the wall waits behind a button in the bar. */
function drawPill() {
  const pill = find("underway");
  const others = jobs.underway().filter((painting) => painting.id !== current?.id && painting.kind === "painting");
  pill.hidden = !others.length;
  if (!others.length) return;
  const done = share(others[0]);
  pill.textContent = done === null ? "Painting" : `Painting, ${Math.round(done * 100)} %`;
  pill.onclick = () => showPainting(others[0], [], { desk: false });
}

export function hearNews(painting) {
  if (painting.id === current?.id) {
    current = painting;
    draw(painting);
    announce(painting);
  } else {
    drawPill();
    if (painting.state === "done" && painting.kind === "painting" && painting.settings?.method !== "fast") {
      toast(`${title(painting)} is finished.`, { label: "Show it", run: () => showPainting(painting, [], { desk: false }) });
    }
  }
}

function announce(painting) {
  if (painting.state === "done") say(`The painting is finished. ${title(painting)}, ${note(painting)}.`);
  else if (painting.state === "running" && painting.progress?.level !== saidLevel) {
    saidLevel = painting.progress?.level;
    say(`Painting: ${progress(painting)}`);
  }
}
