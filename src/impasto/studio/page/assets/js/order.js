// What the desk means to the service: the body of a request for a painting, its masks sent first.

import * as api from "./api.js";
import { stylesOf } from "./desk.js";

/** The body of POST /api/paintings. method: `online` or `fast`. */
export async function bodyOf(now, method) {
  const { content, strength, color, size, texture, iterations, contentWeight, preset } = now;
  const body = { method, content: content.id, styles: stylesOf(now), strength, color, size };
  if (now.regions.length) body.masks = await Promise.all(now.regions.map((region) => sendRegion(region, method)));
  if (method === "fast") return body;
  if (preset) return { ...body, preset };
  if (texture) body.texture = texture;
  if (iterations) body.iterations = iterations;
  if (contentWeight !== 1) body.content_weight = contentWeight;
  return body;
}

/** One pass looks at the whole of a style, so a part of it says nothing there. */
async function sendRegion({ photo, style }, method) {
  const part = method === "fast" ? null : style;
  const [content, kept] = await Promise.all([photo, part].map((canvas) => canvas && sendMask(canvas)));
  return { content, style: kept };
}

/** White where the brush was, black where not. Sent once for each stroke's state. */
async function sendMask(canvas) {
  const mask = new OffscreenCanvas(canvas.width, canvas.height);
  const pen = mask.getContext("2d");
  pen.drawImage(canvas, 0, 0);
  pen.globalCompositeOperation = "source-in";
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, mask.width, mask.height);
  pen.globalCompositeOperation = "destination-over";
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, mask.width, mask.height);
  const { id } = await api.upload(await mask.convertToBlob({ type: "image/png" }), "mask.png");
  return id;
}
