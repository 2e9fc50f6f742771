// Dialogs, and the question before a press counts.

import { byId, el, icon } from "./dom.js";

/** Asks; answers whether the person said yes. */
export function question(text, label, style) {
  const dialog = byId("ask");
  const [, title, rest] = text.match(/^(.*?\?)\s*(.*)$/s) ?? [text, text, ""];
  const yes = el("button", { class: style, value: "yes" }, `Yes, ${label.toLowerCase()}`);
  const no = el("button", { value: "no", autofocus: true }, "Go back");
  dialog.replaceChildren(
    el("form", { method: "dialog" },
      el("header", {}, el("h2", { id: "ask-title" }, title)),
      rest ? el("p", { class: "asked" }, rest) : null,
      el("div", { class: "ends" }, no, yes)));
  return opened(dialog).then((answer) => answer === "yes");
}

export function closer(dialog) {
  return el("button", { class: "round", type: "button", "aria-label": "Close", on: { click: () => dialog.close() } }, icon("close"));
}

/** Opens as a modal; a press beside it closes it, save the second of a double click. Resolves with what it was closed with. */
export function opened(dialog) {
  dialog.returnValue = "";
  dialog.onclick = (event) => { if (event.target === dialog && event.detail < 2) dialog.close(); };
  dialog.showModal();
  return new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }); });
}
