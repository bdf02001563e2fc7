// The preview with regions: each region's style painted by itself, then laid over the photo through what the brush painted.

import * as api from "./api.js";

/** The request's body, painted by regions. Several styles have a region each; one style serves all of its regions. */
export async function paintRegions(body, regions, signal) {
  const whole = [];
  for (const style of body.styles) whole.push(await api.preview({ ...body, styles: [{ ...style, weight: 1 }] }, signal));
  const { width, height } = whole[0];
  const photo = await createImageBitmap(await (await fetch(api.pictureUrl(body.content, body.size), { signal })).blob());
  const [result, layer] = [canvasOf(width, height), canvasOf(width, height)];
  result.drawImage(photo, 0, 0, width, height);
  regions.forEach((region, number) => {
    layer.globalCompositeOperation = "copy";
    layer.drawImage(whole[Math.min(number, whole.length - 1)], 0, 0);
    if (region.photo) {
      layer.globalCompositeOperation = "destination-in";
      layer.drawImage(region.photo, 0, 0, width, height);
    }
    result.drawImage(layer.canvas, 0, 0);
  });
  return createImageBitmap(result.canvas);
}

function canvasOf(width, height) {
  return new OffscreenCanvas(width, height).getContext("2d");
}
