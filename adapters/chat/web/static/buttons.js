// The buttons of a card or a film: what they look like, and what they ask for before they are pressed.

import { el, icon } from "./dom.js";
import { fillIn } from "./forms.js";
import { question } from "./panels.js";

const ICONS = {
  confirm: "check", decline: "close", edit: "edit", cancel: "stop", look_again: "look", submit_again: "again", close: "close",
  again: "again", variation: "sliders", continue: "onward", extend: "longer", reference: "reference", save: "share", add_to_merge: "join",
  film: "play", rename: "edit", delete: "trash", restore: "restore", up: "up", down: "down", leave_out: "close", use: "check", rewrite: "again",
};
const ICON_ALONE = new Set(["up", "down", "leave_out"]);
const MANY = 4;

/** A group of buttons; `press(button, event)` hears of each click. Those about one place among several stand together. */
export function actions(buttons, label, press) {
  const made = [];
  for (const button of buttons) {
    const place = ICON_ALONE.has(button.action) && button.item;
    const last = made.at(-1);
    if (place && last?.dataset.place === place) last.append(one(button, press));
    else if (place) made.push(el("div", { class: "place", role: "group", "aria-label": `Place ${place}`, "data-place": place }, el("b", {}, place), one(button, press)));
    else made.push(one(button, press));
  }
  return el("div", { class: buttons.length > MANY ? "actions many" : "actions", role: "group", "aria-label": label }, made);
}

function one(button, press) {
  const name = ICONS[button.action];
  const alone = ICON_ALONE.has(button.action) && button.item;
  const looks = [button.style === "plain" ? "" : button.style, alone ? "alone" : ""].filter(Boolean).join(" ");
  return el("button", {
    type: "button",
    class: looks || null,
    "data-action": button.action,
    "data-item": button.item || null,
    "aria-label": alone ? button.label : null,
    title: alone ? button.label : null,
    "aria-haspopup": button.form.length ? "dialog" : null,
    on: { click: (event) => press(button, event) },
  }, name ? icon(name) : null, alone ? null : button.label);
}

/** Asks what the button asks for, then sends `send(value)`; a form shows a refusal itself, without one it is thrown. */
export async function carryOut(button, send) {
  if (button.confirm && !(await question(button.confirm, button.label, button.style))) return;
  if (button.form.length) await fillIn(button, send);
  else await send();
}
