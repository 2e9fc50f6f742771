// Dialogs: a question before a press counts, and the form behind Edit.

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

/** Shows a card's form; `submit(values)` may refuse by throwing, and the form stays open with what was typed. */
export function editForm(fields, submit) {
  const dialog = byId("edit");
  const refused = el("p", { class: "refused", role: "alert", hidden: true });
  const save = el("button", { class: "primary", type: "submit" }, "Save changes");
  const form = el("form", { novalidate: true },
    el("header", {}, el("h2", { id: "edit-title" }, "Edit this film"), closer(dialog)),
    el("div", { class: "inputs" }, fields.map((field, place) => input(field, place))),
    refused,
    el("div", { class: "ends" }, el("button", { type: "button", on: { click: () => dialog.close() } }, "Leave as it is"), save));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    try {
      await submit(values(form, fields));
      dialog.close();
    } catch (error) {
      refused.textContent = error.message;
      refused.hidden = false;
    } finally {
      save.disabled = false;
    }
  });
  dialog.replaceChildren(form);
  return opened(dialog);
}

function input(field, place) {
  const id = `field-${place}`;
  const name = { id, name: field.name };
  if (field.kind === "toggle") {
    const box = el("input", { ...name, type: "checkbox", role: "switch", checked: field.value === "yes" });
    return el("div", { class: "input toggle" }, box, el("label", { for: id }, field.label));
  }
  return el("div", { class: field.name === "prompt" || field.value.length > 40 ? "input wide" : "input" },
    el("label", { for: id }, field.label), control(field, name));
}

function control(field, name) {
  if (field.kind === "choice") {
    return el("select", name, field.options.map((one) =>
      el("option", { value: one.value, selected: one.value === field.value }, one.label)));
  }
  if (field.name !== "prompt" && field.value.length <= 80 && !field.value.includes("\n")) {
    return el("input", { ...name, type: "text", value: field.value, autocomplete: "off" });
  }
  const area = el("textarea", { ...name, rows: 4 });
  area.value = field.value;
  return area;
}

function values(form, fields) {
  return Object.fromEntries(fields.map((field, place) => {
    const node = form.querySelector(`#field-${place}`);
    return [field.name, field.kind === "toggle" ? (node.checked ? "yes" : "no") : node.value];
  }));
}

export function closer(dialog) {
  return el("button", { class: "round", type: "button", "aria-label": "Close", on: { click: () => dialog.close() } }, icon("close"));
}

/** Opens as a modal; a press beside it closes it. Resolves with what it was closed with. */
export function opened(dialog) {
  dialog.returnValue = "";
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  dialog.showModal();
  return new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }); });
}
