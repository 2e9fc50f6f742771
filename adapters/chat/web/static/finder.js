// What people look for in the library: words, a place, and what narrows it down.

import { byId, el } from "./dom.js";

const TYPING_MS = 220;
const DAYS = { today: 0, week: 6, month: 29 };

export class Finder {
  /** `changed()` hears that something else is looked for. */
  constructor(changed) {
    this.form = byId("finder");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      byId("between").hidden = this.form.elements.when.value !== "between";
      clearTimeout(this.typing);
      this.typing = setTimeout(changed, event.target.type === "search" ? TYPING_MS : 0);
    });
    byId("filters").addEventListener("click", () => {
      const open = byId("filters").getAttribute("aria-expanded") !== "true";
      byId("filters").setAttribute("aria-expanded", String(open));
      byId("narrow").classList.toggle("open", open);
    });
  }

  get place() {
    return this.form.elements.place.value;
  }

  /** Whether anything but the place narrows it down. */
  get narrowed() {
    const { q, model, by, when, lasts } = this.form.elements;
    return [q.value.trim(), model.value, by.value, when.value, lasts.value].some(Boolean);
  }

  clear() {
    const { place } = this;
    this.form.reset();
    this.form.elements.place.value = place;
    byId("between").hidden = true;
  }

  /** As the library's address takes it. */
  query() {
    const { q, model, by, lasts } = this.form.elements;
    const [min, max] = lasts.value.split("-");
    const folder = { own: "", space: "/space/" }[this.place] ?? null;
    return { q: q.value.trim(), model: model.value, by: by.value, ...this.#times(), min: min ?? "", max: max ?? "", folder, trashed: this.place === "trash" ? "1" : "" };
  }

  #times() {
    const { when, from, to } = this.form.elements;
    if (when.value === "between") return { since: midnight(from.value), before: midnight(to.value, 1) };
    if (!(when.value in DAYS)) return {};
    const since = new Date();
    since.setHours(0, 0, 0, 0);
    since.setDate(since.getDate() - DAYS[when.value]);
    return { since: since.toISOString() };
  }

  /** Models and people that turned up in films can be looked for too. */
  learn(clips) {
    for (const { model, title, owner } of clips) {
      if (model) offer(this.form.elements.model, model, title || model);
      offer(this.form.elements.by, owner.id, owner.name);
    }
  }
}

function midnight(day, later = 0) {
  if (!day) return "";
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + later);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

function offer(select, value, label) {
  if (![...select.options].some((one) => one.value === value)) select.append(el("option", { value }, label));
}
