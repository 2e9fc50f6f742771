// One film, large, among others: played, described, and with all that can be done with it.

import { getClip, pressFilm, Refused } from "./api.js";
import { actions, carryOut } from "./buttons.js";
import { byId, el, icon, toast } from "./dom.js";
import { measures, moment } from "./figures.js";
import { closer, opened } from "./panels.js";
import { under } from "./player.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Viewer {
  /** `where()` names the open conversation, `pressing()` hears of a press on its way, `leads(conversation, title)` goes to where it led. */
  constructor({ where, pressing, leads }) {
    this.where = where;
    this.pressing = pressing;
    this.leads = leads;
    this.dialog = byId("viewer");
    this.stage = el("div", { class: "stage-of-one" });
    this.told = el("p", { class: "sr", "aria-live": "polite" });
    this.dialog.append(this.stage, this.told);
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.addEventListener("close", () => this.stage.replaceChildren());
  }

  /** `films` are clips, or films of a card that name their `clip`. `more()` brings further ones, `changed(clip, id)` hears of a change. */
  show(films, place, { more = null, changed = null, total = films.length } = {}) {
    Object.assign(this, { films, more, changed, total });
    this.#at(place);
    if (!this.dialog.open) opened(this.dialog);
    if (!calm.matches) this.dialog.querySelector("video").play().catch(() => {});
  }

  close() {
    this.dialog.close();
  }

  get film() {
    return this.films[this.place];
  }

  #at(place, focus = "") {
    this.place = place;
    const { film } = this;
    this.id = film.clip ?? film.id;
    const screen = el("video", { src: film.url, poster: film.poster || null, controls: true, playsinline: true, loop: true, preload: "metadata", "aria-label": film.prompt || film.alt || film.name });
    const turn = (name, label, by) => el("button", { class: "round", type: "button", "data-turn": name, "aria-label": label, title: label, disabled: !this.#reaches(by), on: { click: () => this.#turn(by, name) } }, icon(name));
    this.screen = screen;
    this.under = el("div", { class: "under" }, under(film));
    this.about = el("div", { class: "about" });
    this.refused = el("p", { class: "refused", role: "alert", hidden: true });
    this.buttons = el("div", { class: "buttons", "aria-busy": "true" });
    this.stage.replaceChildren(
      el("header", {},
        el("h2", { id: "viewer-title", dir: "auto" }, film.heading),
        this.total > 1 ? el("p", { class: "of" }, `${place + 1} of ${this.total}`) : null,
        this.total > 1 ? [turn("back", "Previous film", -1), turn("next", "Next film", 1)] : null,
        closer(this.dialog)),
      el("div", { class: "hall" },
        el("div", { class: "screen" }, screen, this.under),
        el("div", { class: "beside" }, this.about, this.refused, this.buttons)));
    this.about.replaceChildren(...told(film));
    if (focus) (this.dialog.querySelector(`[data-turn="${focus}"]:not(:disabled)`) ?? this.dialog.querySelector("[data-turn]:not(:disabled)"))?.focus();
    this.#fill();
  }

  /** The facts and the buttons as the bot has them now. */
  async #fill() {
    const { id } = this;
    if (!id) return;
    try {
      const { clip, buttons } = await getClip(id);
      if (id !== this.id || !this.dialog.open) return;
      this.about.replaceChildren(...told(clip));
      this.#relink(clip);
      this.buttons.replaceChildren(actions(buttons, `What to do with ${clip.heading}`, (button, event) => this.#press(clip, button, event)));
    } catch (error) {
      if (id === this.id) this.#refuse(error);
    } finally {
      this.buttons.removeAttribute("aria-busy");
    }
  }

  /** A link that ran out while the page stood open is taken from what was just fetched. */
  #relink(clip) {
    this.under.replaceChildren(...under(clip));
    const { screen } = this;
    const anew = () => { screen.src = clip.url; };
    if (screen.error) anew();
    else screen.addEventListener("error", anew, { once: true });
  }

  async #press(clip, button, event) {
    if (this.busy || event.detail > 1) return;
    let said = "";
    const send = async (value) => {
      this.busy = true;
      this.pressing();
      try {
        const answer = await pressFilm(clip.id, { action: button.action, value, conversation: this.where() });
        said = this.#came(clip, button, answer);
      } finally {
        this.busy = false;
      }
    };
    try {
      await carryOut(button, send);
      if (said) toast(said); // said last: a form that closes would take the words with it
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** A film that changed is shown as it is now, and what is said of it answered; whatever else came of the press is in the conversation. */
  #came(before, button, { conversation, clip }) {
    if (clip && clip.version === before.version) {
      this.close();
      this.leads(conversation, `${button.label}: ${before.heading}`);
      return "";
    }
    const stays = this.changed?.(clip, before.id) ?? Boolean(clip);
    if (!stays && this.changed) this.total -= 1;
    if (stays) Object.assign(this.film, clip, { clip: clip.id });
    if (stays || (this.changed && this.films.length)) this.#at(Math.min(this.place, this.films.length - 1), "next");
    else this.close();
    return came(clip);
  }

  #refuse(error) {
    if (!(error instanceof Refused)) throw error;
    this.refused.textContent = error.message;
    this.refused.hidden = false;
  }

  #reaches(by) {
    const place = this.place + by;
    return place >= 0 && (place < this.films.length || (this.more !== null && place < this.total));
  }

  async #turn(by, focus) {
    if (!this.#reaches(by)) return;
    const place = this.place + by;
    if (place >= this.films.length) await this.more();
    if (place >= this.films.length || !this.dialog.open) return;
    this.#at(place, focus);
    this.told.textContent = `${this.film.heading}, ${place + 1} of ${this.total}`;
  }

  /** Arrows turn to the next film, save where they mean something already: in a film that is played, in what is being typed. */
  #key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("video, input, textarea, select")) return;
    event.preventDefault();
    this.#turn(by, by < 0 ? "back" : "next");
  }
}

function came(clip) {
  if (!clip) return "The film is gone.";
  return clip.trashed_until ? `In the trash until ${moment(clip.trashed_until)}.` : `Now at ${clip.drive_path}.`;
}

function told(film) {
  const facts = [
    ["Model", film.title || film.model],
    ["Film", measures(film)],
    ["Made", film.made_at ? moment(film.made_at) : ""],
    ["By", film.owner?.name],
    ["Kept until", film.expires_at ? moment(film.expires_at) : ""],
    ["In the trash until", film.trashed_until ? moment(film.trashed_until) : ""],
    ["Job", film.job],
  ].filter(([, value]) => value);
  const prompt = film.prompt ? el("p", { class: "story", dir: "auto" }, film.prompt) : null;
  return [prompt, facts.length ? el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", { class: name === "Film" ? "wide" : null }, el("dt", {}, name), el("dd", {}, value)))) : null].filter(Boolean);
}

