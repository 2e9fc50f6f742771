// The library: every film that can be seen here, newest first; found, looked into, and chosen to be merged.

import { getClips, Refused } from "./api.js";
import { byId, el, icon, toast } from "./dom.js";
import { day, moment } from "./figures.js";
import { Finder } from "./finder.js";
import { Picked } from "./picked.js";
import { opened } from "./panels.js";
import { filmStill, previewed } from "./still.js";

const PAGE = 48;
const MOST_COUNTED = 1000;
const EMPTY = {
  all: ["No films yet", "Write what you would like to see. The first film that you confirm will hang here."],
  own: ["Nothing on your own Drive", "Films that you make are kept here, unless you save them to /space."],
  space: ["Nothing in the space yet", "“Save to /space” under a film hangs it here, for everyone."],
  trash: ["The trash is empty", "What you delete waits here for 24 hours, and can be restored until then."],
};

export class Library {
  /** `viewer` shows a film; `merge(clips)` begins a merge of some. */
  constructor({ viewer, merge }) {
    this.viewer = viewer;
    this.dialog = byId("library");
    this.clips = [];
    this.finder = new Finder(() => this.look());
    this.picked = new Picked(merge);
    byId("open-library").addEventListener("click", () => this.open());
    this.dialog.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
    byId("more-clips").addEventListener("click", () => this.more());
    byId("clear-search").addEventListener("click", () => {
      this.finder.clear();
      this.look();
      byId("find").focus();
    });
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.more(), { root: byId("gallery"), rootMargin: "400px" }).observe(byId("more-clips"));
  }

  async open() {
    this.picked.clear();
    opened(this.dialog);
    byId("find").focus({ preventScroll: true });
    await this.look();
  }

  close() {
    this.dialog.close();
  }

  /** What is looked for now, from its beginning. */
  async look() {
    this.turn = (this.turn ?? 0) + 1;
    this.fetching = null;
    this.further = true;
    await this.more(true);
  }

  more(anew = false) {
    if (!this.further) return this.fetching;
    this.fetching ??= this.#fetch(anew).finally(() => { this.fetching = null; });
    return this.fetching;
  }

  async #fetch(anew) {
    const { turn } = this;
    const skip = anew ? 0 : this.clips.length;
    byId("clips").setAttribute("aria-busy", "true");
    try {
      const found = await getClips({ ...this.finder.query(), skip, limit: PAGE });
      if (turn !== this.turn) return;
      this.#hang(found, anew);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (turn !== this.turn) return;
      this.further = false;
      if (this.clips.length) toast(error.message);
      else this.#none("The library cannot be shown just now", error.message);
    }
    byId("more-clips").hidden = !this.further;
    byId("clips").removeAttribute("aria-busy");
  }

  #hang({ clips, total, more }, anew) {
    this.further = more;
    this.total = total;
    if (anew) {
      this.clips.length = 0;
      byId("clips").replaceChildren();
      byId("gallery").scrollTop = 0;
    }
    const known = new Set(this.clips.map((clip) => clip.id));
    const fresh = clips.filter((clip) => !known.has(clip.id));
    this.clips.push(...fresh);
    this.finder.learn(fresh);
    byId("clips").append(...fresh.map((clip) => this.#tile(clip)));
    this.#count();
  }

  #count() {
    const many = this.total >= MOST_COUNTED ? `${MOST_COUNTED.toLocaleString()}+ films` : `${this.total} ${this.total === 1 ? "film" : "films"}`;
    byId("clip-count").textContent = many;
    const none = !this.clips.length;
    const { narrowed, place } = this.finder;
    const [title, say] = narrowed ? ["No film like that", "Every word has to begin a word of the prompt, the path, the model or the name of whoever made it."] : EMPTY[place];
    if (none) this.#none(title, say, narrowed);
    else byId("no-clips").hidden = true;
  }

  #none(title, say, narrowed = false) {
    byId("no-clips-title").textContent = title;
    byId("no-clips-say").textContent = say;
    byId("clear-search").hidden = !narrowed;
    byId("no-clips").hidden = false;
  }

  #tile(clip) {
    const picture = filmStill(clip);
    const told = clip.trashed_until ? `until ${moment(clip.trashed_until)}` : day(clip.made_at);
    const open = el("button", { type: "button", class: "open", title: clip.prompt || clip.drive_path, on: { click: () => this.#view(clip.id) } },
      picture,
      el("span", { class: "name", dir: "auto" }, clip.heading),
      el("span", { class: "meta" }, [clip.title, told].filter(Boolean).join(" · ")),
      el("span", { class: "path" }, clip.drive_path));
    previewed(open, picture, clip);
    if (clip.drive_path.startsWith("/space/")) picture.append(el("span", { class: "flag" }, icon("share"), el("span", { class: "sr" }, "in the space, ")));
    return el("li", { "data-clip": clip.id }, open, clip.trashed_until ? null : this.picked.box(clip));
  }

  #view(id) {
    const place = this.clips.findIndex((clip) => clip.id === id);
    this.viewer.show(this.clips, place, {
      total: this.total,
      more: () => this.more(),
      changed: (clip, before) => this.#changed(clip, before),
    });
  }

  /** A film is another now, or gone: its tile follows. Answers whether it still hangs here. */
  #changed(clip, id) {
    const place = this.clips.findIndex((one) => one.id === id);
    const tile = byId("clips").querySelector(`[data-clip="${CSS.escape(id)}"]`);
    const stays = clip !== null && Boolean(clip.trashed_until) === (this.finder.place === "trash");
    if (stays) {
      this.clips[place] = clip;
      tile.replaceWith(this.#tile(clip));
    } else {
      this.clips.splice(place, 1);
      this.picked.drop(id);
      tile.remove();
      this.total -= 1;
      this.#count();
    }
    return stays;
  }
}
