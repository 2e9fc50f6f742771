// The buttons of a card or a film: what they look like, and what they ask for before they are pressed.

import { el, icon } from "./dom.js";
import { fillIn } from "./forms.js";
import { question } from "./panels.js";

const ICONS = {
  confirm: "check", decline: "close", edit: "edit", cancel: "stop", look_again: "look", submit_again: "again", close: "close",
  again: "again", variation: "sliders", continue: "onward", extend: "longer", reference: "reference", save: "share", add_to_merge: "join",
  film: "play", rename: "edit", delete: "trash", restore: "restore", up: "up", down: "down", leave_out: "close", use: "check", rewrite: "again",
};
const MOVES = new Set(["up", "down", "leave_out"]);
const MANY = 4;

/** A group of buttons; `press(button, event)` hears of each click. Those that move one among several stand first, place by place. */
export function actions(buttons, label, press) {
  const moving = buttons.filter(moves);
  const places = [...new Set(moving.map((button) => button.item))].map((item) =>
    el("div", { class: "place", role: "group", "aria-label": `Place ${item}` }, el("b", {}, item),
      moving.filter((button) => button.item === item).map((button) => one(button, press))));
  const steps = places.length ? el("div", { class: "steps" }, places) : null;
  const others = buttons.filter((button) => !moves(button)).map((button) => one(button, press));
  return el("div", { class: buttons.length > MANY ? "actions many" : "actions", role: "group", "aria-label": label }, steps, others);
}

const moves = ({ action, item }) => MOVES.has(action) && item;

function one(button, press) {
  const name = ICONS[button.action];
  const alone = moves(button);
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
