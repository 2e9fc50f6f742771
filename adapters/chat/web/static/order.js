// Films in an order: dragged, or moved by buttons; others added, some taken out. Screen readers hear each new place.

import { el, icon } from "./dom.js";

const FEWEST = 2;
const MOST = 5;

/** The field as its node, its `value()`, and its `problem()`. */
export function order(field) {
  const made = new Order(field);
  return { node: made.node, value: () => made.ids.join(" "), problem: () => made.problem() };
}

class Order {
  constructor({ label, value, options }) {
    this.options = options;
    this.list = el("ol", { class: "ordered", "aria-label": label });
    this.rest = el("ul", { class: "rest", "aria-label": "Films to add" });
    this.told = el("p", { class: "sr", "aria-live": "polite" });
    this.hint = el("p", { class: "hint-line" });
    this.node = el("fieldset", { class: "input wide order" }, el("legend", {}, label), this.list, this.hint, this.rest, this.told);
    for (const id of value.split(/\s+/).filter(Boolean)) this.list.append(this.#row(this.#option(id)));
    this.#settle();
  }

  get rows() {
    return [...this.list.children];
  }

  get ids() {
    return this.rows.map((row) => row.dataset.value);
  }

  problem() {
    const films = this.rows.length;
    return films < FEWEST || films > MOST ? `Choose ${FEWEST} to ${MOST} films; ${films === 1 ? "there is 1" : `there are ${films}`} now.` : "";
  }

  #option(id) {
    return this.options.find((one) => one.value === id) ?? { value: id, label: id, poster: "" };
  }

  #row(option) {
    const row = el("li", { "data-value": option.value });
    const move = (by) => () => this.#move(row, by);
    row.append(
      el("span", { class: "grip", "aria-hidden": "true" }, icon("grip")),
      el("b", { class: "number" }),
      still(option),
      el("span", { class: "label" }, option.label),
      tool("up", `Move ${option.label} up`, move(-1)),
      tool("down", `Move ${option.label} down`, move(1)),
      tool("close", `Take out ${option.label}`, () => this.#takeOut(row, option)));
    row.addEventListener("pointerdown", (event) => this.#grab(row, event));
    return row;
  }

  /** What follows from the order as it is: numbers, ends that cannot move on, films that can still be added. */
  #settle() {
    const { rows } = this;
    rows.forEach((row, place) => {
      row.querySelector(".number").textContent = place + 1;
      row.querySelector('[data-tool="up"]').disabled = place === 0;
      row.querySelector('[data-tool="down"]').disabled = place === rows.length - 1;
    });
    const chosen = new Set(this.ids);
    const full = rows.length >= MOST;
    this.hint.textContent = full ? `${MOST} films are the most. Take one out to add another.` : `Drag the films, or move them with the arrows. ${FEWEST} to ${MOST} in all.`;
    const others = this.options.filter((one) => !chosen.has(one.value));
    this.rest.hidden = !others.length;
    this.rest.replaceChildren(...others.map((option) => el("li", {},
      el("button", { type: "button", disabled: full, "aria-label": `Add ${option.label}`, on: { click: () => this.#add(option) } },
        still(option), el("span", { class: "label" }, option.label), icon("plus")))));
  }

  #tell(row) {
    const name = row.querySelector(".label").textContent;
    this.told.textContent = `${name} is now ${this.rows.indexOf(row) + 1} of ${this.rows.length}.`;
  }

  #move(row, by) {
    const focused = document.activeElement;
    if (by < 0) row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    this.#settle();
    this.#tell(row);
    (focused.disabled ? row.querySelector("button:not(:disabled)") : focused)?.focus();
  }

  #add(option) {
    const row = this.#row(option);
    this.list.append(row);
    this.#settle();
    this.#tell(row);
    (this.rest.querySelector("button:not(:disabled)") ?? row.querySelector("button:not(:disabled)"))?.focus();
  }

  #takeOut(row, option) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#settle();
    this.told.textContent = `${option.label} is taken out; ${this.rows.length} left.`;
    (next?.querySelector("button:not(:disabled)") ?? this.rest.querySelector("button"))?.focus();
  }

  /** A finger drags by the grip alone, so that the list can still be scrolled. */
  #grab(row, event) {
    if (event.button || event.target.closest("button") || (event.pointerType !== "mouse" && !event.target.closest(".grip"))) return;
    event.preventDefault();
    row.setPointerCapture(event.pointerId);
    row.classList.add("held");
    let from = event.clientY;
    const follow = ({ clientY }) => {
      const [before, after] = [row.previousElementSibling, row.nextElementSibling];
      const top = row.offsetTop;
      // The neighbour moves, not the held row: taken out of the page for a moment, it would lose the pointer.
      if (before && clientY < middle(before)) row.after(before);
      else if (after && clientY > middle(after)) row.before(after);
      from += row.offsetTop - top;
      row.style.transform = `translateY(${clientY - from}px)`;
      if (row.offsetTop !== top) this.#settle();
    };
    const drop = () => {
      row.removeEventListener("pointermove", follow);
      row.classList.remove("held");
      row.style.transform = "";
      this.#settle();
      this.#tell(row);
    };
    row.addEventListener("pointermove", follow);
    row.addEventListener("lostpointercapture", drop, { once: true });
  }
}

function middle(node) {
  const { top, height } = node.getBoundingClientRect();
  return top + height / 2;
}

function tool(name, label, click) {
  return el("button", { class: "round", type: "button", "data-tool": name, "aria-label": label, title: label, on: { click } }, icon(name));
}

function still({ poster }) {
  return el("span", { class: "thumb" }, poster ? el("img", { src: poster, alt: "", loading: "lazy", draggable: "false" }) : icon("video"));
}
