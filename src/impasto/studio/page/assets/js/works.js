// How it works, for this very pair: what a network holds on to of the photo, and what it takes from the style, as figures.

import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { h, problem } from "./dom.js";
import * as jobs from "./jobs.js";
import { duration, progress } from "./words.js";

const BOTH = "Both pictures, as the network that judges the painting sees them. It takes a minute or two; you may close this " +
  "and come back: finished figures are among the latest creations.";
const PHOTO = "A network that has learnt to see looks at your photo in stages: early ones remember every pixel, later ones " +
  "only what is where. Each picture of the upper row was painted from noise, to look the same to one stage. The painting has " +
  "to agree with a late one.";
const STYLE = "Of the style only statistics are kept: which strokes and colours occur together, not where. For the lower row " +
  "noise was painted until it had the same statistics, from fine grain to large forms. The painting has to " +
  "agree with all of them.";

export async function openWorks({ content, chosen }) {
  const [{ name, ref }] = chosen;
  const parts = [
    { title: "What stays of the photo", words: PHOTO, body: { content: content.id } },
    { title: `What is taken from ${name}`, words: STYLE, body: { style: ref.style ?? ref.picture } },
  ];
  const figures = parts.map(({ title, words }) => h("figure", {}, h("figcaption", {}, h("b", {}, title), words),
    h("div", { class: "waiting-figure", role: "status" }, "Waiting for the figure"),
    h("p", { class: "problem", role: "alert", hidden: true })));
  const listening = new Map(); // id of a job -> its figure
  const hear = (painting) => listening.has(painting.id) && draw(listening.get(painting.id), painting);
  const stop = jobs.onNews(hear);
  openDialog("How it works", [h("p", {}, BOTH), h("div", { class: "insides" }, figures)], { closed: stop });
  for (const [number, { body }] of parts.entries()) {
    try {
      const job = await api.reconstruct(body);
      listening.set(job.id, figures[number]);
      jobs.follow(job);
      draw(figures[number], job);
    } catch (error) {
      problem(figures[number].querySelector(".problem"), error);
    }
  }
}

function draw(figure, job) {
  const slot = figure.querySelector(".waiting-figure");
  if (!slot) return;
  if (job.state === "done") {
    const what = figure.querySelector("b").textContent;
    const alt = `${what}: a row of pictures, one for each stage, labelled`;
    slot.replaceWith(h("img", { src: job.picture, alt, width: job.width, height: job.height }));
  } else if (job.state === "failed") {
    problem(figure.querySelector(".problem"), job.error);
  } else {
    slot.textContent = job.state === "queued" ? "Waiting for its turn" : progress(job) || duration(job.seconds);
  }
}
