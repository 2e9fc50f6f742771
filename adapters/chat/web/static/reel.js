// The films of a card that has several: a tidy grid, each numbered as its contact sheet numbers it.

import { el, icon } from "./dom.js";
import { filmStill, previewed } from "./still.js";

/** `buttons` are those about one of these films each; `view(films, place)` shows a film among the others. */
export function reel(films, buttons, { expired, view, press }) {
  return el("ol", { class: "reel" }, films.map((film, place) => {
    const button = buttons.find((one) => one.item === film.clip);
    const label = button?.label ?? `Film ${place + 1}`;
    const picture = filmStill(film, expired);
    const open = el("button", { type: "button", class: "open", "aria-label": `Play ${label}: ${film.heading}`, on: { click: () => view(films, place) } }, picture);
    previewed(open, picture, film);
    return el("li", {}, open, button ? own(button, press) : el("span", { class: "name" }, label));
  }));
}

function own(button, press) {
  return el("button", { type: "button", class: "own", "data-action": button.action, "data-item": button.item, on: { click: (event) => press(button, event) } }, button.label, icon("next"));
}
