// One card: made once, then only those of its parts are renewed that changed, so that films play on and the focus stays.

import { pressCard, ranOut } from "./api.js";
import { actions, carryOut } from "./buttons.js";
import { announce, el, icon } from "./dom.js";
import { clock, left, ticking } from "./figures.js";
import { shown } from "./player.js";
import { reel } from "./reel.js";

const PARTS = ["head", "lead", "films", "story", "bar", "sheet", "facts", "costs", "notes", "refused", "actions"];
const LONG = 420;

export class CardView {
  /** `room` is told of a newer card that an answer brought (`changed`) and of a press on its way (`pressing`), fetches everything afresh (`renew`), and shows a film among others (`view`). */
  constructor(card, room) {
    this.room = room;
    this.keys = {};
    this.parts = Object.fromEntries(PARTS.map((name) => [name, el("div", { "data-part": name, hidden: true })]));
    this.article = el("article", { class: "card", "data-card": card.id, "data-job": card.job, tabindex: "-1" }, PARTS.map((name) => this.parts[name]));
    this.node = el("li", {}, this.article);
    this.update(card);
  }

  update(card) {
    if (this.card && card.revision < this.card.revision) return;
    const before = this.card;
    this.card = card;
    Object.assign(this.article.dataset, { tone: card.tone, state: card.state, revision: card.revision });
    const headId = `title-${card.id}`;
    this.article.setAttribute("aria-labelledby", headId);
    const films = card.media.filter((one) => one.kind !== "image");
    const several = films.length > 1;
    const first = card.media.findIndex((one) => one.kind !== "image");
    const lead = several ? card.media.slice(0, first) : [];
    const pictures = card.media.slice(lead.length).filter((one) => one.kind === "image");
    const own = several ? card.buttons.filter((button) => aboutOne(button, films)) : [];
    this.#part("head", [card.title], () => head(card, headId));
    this.#part("lead", lead.map(without), () => lead.length && this.#media("", lead));
    this.#part("films", [films.map(without), own], () => films.length && (several ? this.#reel(films, own) : this.#media("films", films)));
    this.#part("story", [card.text], () => card.text && story(card.text));
    this.#part("sheet", pictures.map(without), () => pictures.length && this.#media("", pictures));
    this.#part("facts", [card.fields], () => facts(card));
    this.#part("costs", [card.costs], () => costs(card.costs));
    this.#part("notes", [card.notes, card.tone], () => notes(card));
    this.#part("actions", [card.buttons, own.length], () => this.#actions(own));
    if (!before || before.revision !== card.revision) this.#part("refused", [card.revision], () => null);
    this.#bar(card.progress);
    if (before && (before.title !== card.title || before.tone !== card.tone)) announce([card.title, card.text].join(". "));
  }

  refuse(say) {
    this.#part("refused", [say, performance.now()], () => el("p", { class: "refused", role: "alert" }, say));
  }

  #part(name, key, make) {
    const written = JSON.stringify(key);
    if (this.keys[name] === written) return;
    this.keys[name] = written;
    const part = this.parts[name];
    const focused = part.contains(document.activeElement);
    const made = make();
    part.replaceChildren(...(made ? [made].flat() : []));
    part.hidden = !part.childNodes.length;
    if (focused) (part.querySelector("button, a") ?? this.article).focus();
  }

  #media(kind, list) {
    return el("div", { class: kind || "films" }, list.map((one) => shown(one, this.#expired)));
  }

  #reel(films, buttons) {
    return reel(films, buttons, { expired: this.#expired, view: this.room.view, press: (button, event) => this.press(button, event) });
  }

  #expired = async (event) => {
    if (!(await ranOut(event.target.src))) return;
    for (const part of ["lead", "films", "sheet"]) delete this.keys[part];
    this.room.renew();
  };

  #actions(elsewhere) {
    const here = this.card.buttons.filter((button) => !elsewhere.includes(button));
    return here.length ? actions(here, this.card.title, (button, event) => this.press(button, event)) : null;
  }

  async press(button, event) {
    if (this.article.hasAttribute("aria-busy") || this.#twice(button, event)) return;
    const { revision } = this.card;
    const send = async (value) => {
      this.article.setAttribute("aria-busy", "true");
      this.room.pressing();
      try {
        const { card } = await pressCard(this.card.id, { action: button.action, item: button.item, value, revision });
        if (card) this.room.changed(card);
      } finally {
        this.article.removeAttribute("aria-busy");
      }
    };
    try {
      await carryOut(button, send);
    } catch (refused) {
      await this.room.renew();
      this.refuse(refused.message);
    }
  }

  /** Whether this is the second click of a double one: only a button that meanwhile means another step is meant again. */
  #twice({ action, item }, event) {
    const [before, now] = [this.pressed, { what: `${action} ${item}`, revision: this.card.revision }];
    this.pressed = now;
    return event?.detail > 1 && !(before?.what === now.what && before.revision !== now.revision);
  }

  #bar(progress) {
    this.stop?.();
    this.stop = null;
    const part = this.parts.bar;
    part.hidden = !progress;
    if (!progress) {
      part.replaceChildren();
      this.bar = null;
      return;
    }
    if (!this.bar) {
      this.bar = bar(this.card.title);
      part.replaceChildren(this.bar.node);
    }
    this.stop = this.bar.show(progress);
  }
}

const aboutOne = (button, films) => button.action === "film" && films.some((film) => film.clip === button.item);
const without = (media) => ({ ...media, url: media.url.split("?")[0], download: "", poster: media.poster.split("?")[0] });

function head(card, id) {
  const take = card.job ? el("span", { class: "take" }, card.job) : null;
  return el("div", { class: "head" }, el("h3", { id }, card.title), take);
}

function story(text) {
  if (text.length <= LONG) return el("p", { class: "story" }, text);
  const words = el("p", { class: "story" }, `${text.slice(0, LONG - 40).trimEnd()} …`);
  const more = el("button", { class: "quiet more", type: "button", "aria-expanded": "false" }, "Show all of it");
  more.addEventListener("click", () => {
    words.textContent = text;
    more.remove();
  });
  return [words, more];
}

function facts(card) {
  const rows = card.fields.filter((field) => !(field.name === "Job" && field.value === card.job));
  if (!rows.length) return null;
  return el("dl", { class: "facts" }, rows.map(({ name, value }) => {
    const [, plain, by] = value.match(/^(.*?)(?: \((default)\))?$/s);
    return el("div", { class: value.length > 30 || value.includes(" · ") ? "wide" : null },
      el("dt", {}, name), el("dd", {}, plain, by ? [" ", el("small", {}, by)] : null));
  }));
}

function costs(lines) {
  if (!lines.length) return null;
  return el("table", { class: "costs" }, el("caption", {}, "Cost"), el("tbody", {}, lines.map(({ text, credits }, place) =>
    el("tr", { class: place === lines.length - 1 ? "total" : null }, el("th", { scope: "row" }, text), el("td", {}, credits)))));
}

function notes(card) {
  if (!card.notes.length) return null;
  return el("ul", { class: "notes" }, card.notes.map((note) => el("li", {}, icon("note"), el("span", {}, note))));
}

function bar(label) {
  const number = el("span", {});
  const percent = el("p", { class: "percent" }, number, el("small", {}, "%"));
  const doing = el("p", { class: "doing" });
  const time = el("p", { class: "clock" });
  const fill = el("span", {});
  const track = el("div", { class: "track", role: "progressbar", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100" }, fill);
  const node = el("div", { class: "bar" }, el("div", { class: "figures" }, el("div", {}, percent, doing), time), track);
  const show = ({ fraction, text, elapsed, remaining }) => {
    const known = fraction !== null;
    const whole = known ? Math.round(fraction * 100) : 0;
    number.textContent = whole;
    percent.hidden = !known;
    doing.textContent = known ? text.replace(/,? \d+ ?%$/, "") : text;
    track.classList.toggle("unknown", !known);
    fill.style.width = known ? `${Math.max(1, fraction * 100)}%` : "";
    if (known) track.setAttribute("aria-valuenow", whole);
    else track.removeAttribute("aria-valuenow");
    track.setAttribute("aria-valuetext", text);
    return ticking((since) => {
      const rest = remaining === null ? null : el("b", {}, left(remaining - since));
      const gone = elapsed === null ? null : `${clock(elapsed + since)} so far`;
      time.replaceChildren(...[rest, rest && gone ? el("br") : null, gone].filter(Boolean));
    });
  };
  return { node, show };
}
