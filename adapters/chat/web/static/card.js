// One card: made once, then only those of its parts are renewed that changed, so that films play on and the focus stays.

import { press as send, ranOut } from "./api.js";
import { announce, el, icon } from "./dom.js";
import { clock, left, ticking } from "./figures.js";
import { editForm, question } from "./panels.js";
import { shown } from "./player.js";

const PARTS = ["head", "films", "story", "bar", "sheet", "facts", "costs", "notes", "refused", "actions"];
const ICONS = { confirm: "check", edit: "edit", cancel: "stop", decline: "close", look_again: "look", submit_again: "again", close: "close" };
const LONG = 420;

export class CardView {
  /** `changed(card)` is told of a newer card that an answer brought; `renew()` fetches everything afresh. */
  constructor(card, changed, renew) {
    this.changed = changed;
    this.renew = renew;
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
    const pictures = card.media.filter((one) => one.kind === "image");
    this.#part("head", [card.title], () => head(card, headId));
    this.#part("films", films.map(without), () => films.length && this.#media("films", films));
    this.#part("story", [card.text], () => card.text && story(card.text));
    this.#part("sheet", pictures.map(without), () => pictures.length && this.#media("", pictures));
    this.#part("facts", [card.fields], () => facts(card));
    this.#part("costs", [card.costs], () => costs(card.costs));
    this.#part("notes", [card.notes, card.tone], () => notes(card));
    this.#part("actions", [card.buttons, card.form.length > 0], () => this.#actions());
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
    const expired = async (event) => {
      if (!(await ranOut(event.target.src))) return;
      delete this.keys.films;
      delete this.keys.sheet;
      this.renew();
    };
    return el("div", { class: kind || "films" }, list.map((one) => shown(one, expired)));
  }

  #actions() {
    const { buttons } = this.card;
    if (!buttons.length) return null;
    return el("div", { class: "actions", role: "group", "aria-label": this.card.title }, buttons.map((button) =>
      el("button", { type: "button", class: button.style === "plain" ? null : button.style, "data-action": button.action, on: { click: () => this.#pressed(button) } },
        ICONS[button.action] ? icon(ICONS[button.action]) : null, button.label)));
  }

  async #pressed(button) {
    if (button.action === "edit" && this.card.form.length) {
      const { form, revision } = this.card;
      await editForm(form, async (values) => this.changed((await send(this.card.id, "edit", values, revision)).card));
      return;
    }
    if (button.confirm && !(await question(button.confirm, button.label, button.style))) return;
    if (this.article.hasAttribute("aria-busy")) return;
    this.article.setAttribute("aria-busy", "true");
    try {
      const { card } = await send(this.card.id, button.action, undefined, this.card.revision);
      if (card) this.changed(card);
    } catch (refused) {
      await this.renew();
      this.refuse(refused.message);
    } finally {
      this.article.removeAttribute("aria-busy");
    }
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
    return el("div", { class: value.length > 30 ? "wide" : null },
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
