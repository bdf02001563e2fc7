// One way to open a dialog: a title, a way out, and the focus back where it was. The browser's own element does the rest.

import { h, icon } from "./dom.js";

export function openDialog(title, children, { closed = () => {}, wide = "" } = {}) {
  const cameFrom = document.activeElement;
  const dialog = h("dialog", { class: wide, "aria-labelledby": "dialog-title" },
    h("div", { class: "dialog-head" }, h("h2", { id: "dialog-title" }, title), closeButton()), children);
  dialog.addEventListener("close", () => {
    closed();
    dialog.remove();
    cameFrom?.focus?.({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Closes the dialog that it stands in: a cross, or a button with words. */
export function closeButton(words) {
  const close = (event) => event.target.closest("dialog").close();
  if (words) return h("button", { type: "button", onclick: close }, words);
  return h("button", { class: "round", type: "button", "aria-label": "Close", onclick: close }, icon("close"));
}
