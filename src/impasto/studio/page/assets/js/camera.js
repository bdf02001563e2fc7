// A photo from the camera: the phone's own camera where there is one, or else a viewfinder in a dialog.

import { find, h, problem } from "./dom.js";
import { closeButton, openDialog } from "./dialog.js";

export async function openCamera(take) {
  const isPhone = matchMedia("(pointer: coarse)").matches;
  if (isPhone || !navigator.mediaDevices?.getUserMedia) {
    find("photo-capture").click();
    return;
  }
  const label = "What the camera sees";
  const video = h("video", { class: "viewfinder mirrored", autoplay: true, playsinline: true, "aria-label": label });
  video.muted = true;
  const shoot = h("button", { class: "primary", type: "button", disabled: true }, "Take the photo");
  const trouble = h("p", { class: "problem", role: "alert", hidden: true });
  let stream = null;
  const dialog = openDialog("Camera", [video, trouble, h("div", { class: "dialog-foot" }, closeButton("Not now"), shoot)], {
    closed: () => stream?.getTracks().forEach((track) => track.stop()),
  });
  shoot.addEventListener("click", async () => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.94 });
    dialog.close();
    take(new File([blob], "camera.jpg", { type: "image/jpeg" }));
  });
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 }, height: { ideal: 1080 } } });
    if (!dialog.open) return stream.getTracks().forEach((track) => track.stop());
    video.srcObject = stream;
    await video.play();
    shoot.disabled = false;
    shoot.focus();
  } catch (error) {
    const forbidden = "The camera may not be used here; allow it in the browser, or choose a file.";
    problem(trouble, error.name === "NotAllowedError" ? forbidden : "No camera was found; choose a file instead.");
  }
}
