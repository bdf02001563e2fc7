// A sheet to paint masks on: a picture with one transparent layer a region over it. Pointer and keyboard both hold the brush.

import { h } from "./dom.js";

export const COLORS = ["#e5482d", "#2f6fdb", "#2f9e63", "#e0a11b"];
const SIDE = 512; // longer side of a mask, in pixels
const MOST_UNDO = 30;

export class Sheet {
  /** layers: one canvas a region, or null, from before. touched() hears every finished stroke. */
  constructor({ url, ratio, name, layers, touched }) {
    this.width = Math.round(ratio >= 1 ? SIDE : SIDE * ratio);
    this.height = Math.round(ratio >= 1 ? SIDE / ratio : SIDE);
    this.layers = COLORS.map((_, number) => copyOf(layers[number], this.width, this.height));
    this.history = [];
    this.hand = { region: 0, size: 48, erase: false };
    this.touched = touched;
    this.at = { x: this.width / 2, y: this.height / 2 };
    this.canvas = h("canvas", { width: this.width, height: this.height, "aria-hidden": "true" });
    this.tip = h("span", { class: "tip" });
    const label = `${name}. Arrow keys move the brush, space paints, shift moves faster.`;
    const role = { role: "application", "aria-roledescription": "canvas to paint on", "aria-label": label };
    this.element = h("div", { class: "sheet", tabindex: 0, ...role, vars: { ratio } },
      h("img", { src: url, alt: "", draggable: "false" }), this.canvas, this.tip);
    this.listen();
    this.draw();
  }

  listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      this.remember();
      this.last = null;
      this.strokeTo(this.pointAt(event));
      this.painting = true;
    });
    element.addEventListener("pointermove", (event) => {
      this.moveTip(this.pointAt(event));
      if (!this.painting) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) this.strokeTo(this.pointAt(one));
    });
    const lift = () => {
      this.painting = false;
      this.touched();
    };
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, lift);
    element.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in steps) {
      const far = event.shiftKey ? 40 : 8;
      const [x, y] = steps[event.key];
      this.moveTip({ x: clamp(this.at.x + x * far, this.width), y: clamp(this.at.y + y * far, this.height) });
    } else if (event.key === " " || event.key === "Enter") {
      this.remember();
      this.last = null;
      this.strokeTo(this.at);
      this.touched();
    } else return;
    event.preventDefault();
  }

  pointAt(event) {
    const box = this.element.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return { x: x * this.width, y: y * this.height };
  }

  moveTip(point) {
    this.at = point;
    const scale = this.element.clientWidth / this.width;
    Object.assign(this.tip.style, { left: `${point.x * scale}px`, top: `${point.y * scale}px` });
    this.tip.style.width = this.tip.style.height = `${this.hand.size * scale}px`;
  }

  /** One stroke's next piece. A place belongs to one region: painting it takes it from the others. */
  strokeTo(point) {
    this.moveTip(point);
    this.layers.forEach((layer, number) => {
      const pen = layer.getContext("2d");
      const paints = number === this.hand.region && !this.hand.erase;
      if (number !== this.hand.region && this.hand.erase) return;
      pen.globalCompositeOperation = paints ? "source-over" : "destination-out";
      pen.lineCap = pen.lineJoin = "round";
      pen.lineWidth = this.hand.size;
      pen.strokeStyle = COLORS[number];
      pen.beginPath();
      const from = this.last ?? point;
      pen.moveTo(from.x, from.y);
      pen.lineTo(point.x, point.y + 0.01);
      pen.stroke();
    });
    this.last = point;
    this.draw();
  }

  /** The whole picture for the region in hand, or nothing of it. */
  fill(full) {
    this.remember();
    this.layers.forEach((layer, number) => {
      const pen = layer.getContext("2d");
      const own = number === this.hand.region;
      if (!own && !full) return;
      pen.globalCompositeOperation = "source-over";
      pen.clearRect(0, 0, this.width, this.height);
      pen.fillStyle = COLORS[number];
      if (own && full) pen.fillRect(0, 0, this.width, this.height);
    });
    this.draw();
    this.touched();
  }

  remember() {
    this.history.push(this.layers.map((layer) => copyOf(layer, this.width, this.height)));
    if (this.history.length > MOST_UNDO) this.history.shift();
  }

  undo() {
    const before = this.history.pop();
    if (before) this.layers = before;
    this.draw();
    return Boolean(before);
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.width, this.height);
    for (const layer of this.layers) pen.drawImage(layer, 0, 0);
  }

  /** The region's layer, or null where the brush never was. */
  layer(number) {
    const { data } = this.layers[number].getContext("2d").getImageData(0, 0, this.width, this.height);
    for (let at = 3; at < data.length; at += 4) if (data[at] > 127) return this.layers[number];
    return null;
  }
}

const clamp = (value, most) => Math.min(most, Math.max(0, value));

function copyOf(canvas, width, height) {
  const copy = new OffscreenCanvas(width, height);
  if (canvas) copy.getContext("2d", { willReadFrequently: true }).drawImage(canvas, 0, 0, width, height);
  return copy;
}
