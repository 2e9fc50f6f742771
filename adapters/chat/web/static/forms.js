// The form behind a button: filled in first, then its values go with the press.

import { byId, el } from "./dom.js";
import { order } from "./order.js";
import { closer, opened } from "./panels.js";

const DONE = { edit: "Save changes" };
const SHORT = 60;
const BRIEF = 12; // letters: a number or a word, whose field takes no more room than a line's

/** Shows the form; `send(values)` may refuse by throwing, and the form stays open with what was filled in. */
export function fillIn(button, send) {
  const dialog = byId("edit");
  const inputs = button.form.map(input);
  const refused = el("p", { class: "refused", role: "alert", hidden: true });
  const save = el("button", { class: "primary", type: "submit" }, DONE[button.action] ?? button.label);
  const form = el("form", { novalidate: true },
    el("header", {}, el("h2", { id: "edit-title" }, button.label), closer(dialog)),
    el("div", { class: "inputs" }, inputs.map((one) => one.node)),
    refused,
    el("div", { class: "ends" }, el("button", { type: "button", on: { click: () => dialog.close() } }, "Leave as it is"), save));
  const refuse = (say) => {
    refused.textContent = say;
    refused.hidden = !say;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (save.disabled) return;
    refuse(inputs.map((one) => one.problem?.()).find(Boolean) ?? "");
    if (!refused.hidden) return;
    save.disabled = true;
    try {
      await send(Object.fromEntries(inputs.map((one) => [one.name, one.value()])));
      dialog.close();
    } catch (error) {
      refuse(error.message);
    } finally {
      save.disabled = false;
    }
  });
  dialog.replaceChildren(form);
  return opened(dialog);
}

/** One field as its node, its `value()`, and a `problem()` where it can have one. */
function input(field, place) {
  const id = `field-${place}`;
  const { name } = field;
  if (field.kind === "order") return { name, ...order(field) };
  if (field.kind === "toggle") {
    const box = el("input", { id, name, type: "checkbox", role: "switch", checked: field.value === "yes" });
    const node = el("div", { class: "input toggle" }, box, el("label", { for: id }, field.label));
    return { name, node, value: () => (box.checked ? "yes" : "no") };
  }
  const control = made(field, { id, name });
  const wide = (control.tagName === "TEXTAREA" && !control.classList.contains("brief")) || field.value.length > SHORT || (field.kind === "line" && field.value.includes("/"));
  const node = el("div", { class: wide ? "input wide" : "input" }, el("label", { for: id }, field.label), control);
  return { name, node, value: () => control.value };
}

function made(field, attributes) {
  if (field.kind === "choice") {
    return el("select", attributes, field.options.map((one) =>
      el("option", { value: one.value, selected: one.value === field.value }, one.label)));
  }
  if (field.kind === "line") return el("input", { ...attributes, type: "text", value: field.value, autocomplete: "off", spellcheck: "false" });
  const brief = field.value && field.value.length <= BRIEF && field.name !== "prompt";
  const area = el("textarea", { ...attributes, rows: brief ? 1 : 4, class: brief ? "brief" : null });
  area.value = field.value;
  if (brief) area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    area.form.requestSubmit();
  });
  return area;
}
