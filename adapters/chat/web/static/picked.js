// The films chosen in the library, in the order in which they were chosen, to become one.

import { byId, el, icon } from "./dom.js";

const FEWEST = 2;
const MOST = 5;

export class Picked {
  /** `merge(clips)` may refuse by throwing; those that it has taken are in the error's `taken`. */
  constructor(merge) {
    this.clips = [];
    this.bar = byId("picked");
    byId("unpick").addEventListener("click", () => this.clear());
    byId("merge").addEventListener("click", () => this.#merge(merge));
  }

  box(clip) {
    const box = el("input", { type: "checkbox", "aria-label": `Choose ${clip.heading} to merge: ${clip.drive_path}`, on: { change: () => this.#change(clip, box.checked) } });
    box.checked = this.clips.some((one) => one.id === clip.id);
    return el("label", { class: "pick", "data-pick": clip.id }, box, el("span", { "aria-hidden": "true" }, icon("check"), el("b")));
  }

  drop(id) {
    this.clips = this.clips.filter((clip) => clip.id !== id);
    this.#show();
  }

  clear() {
    this.clips = [];
    this.#show();
  }

  #change(clip, chosen) {
    this.clips = this.clips.filter((one) => one.id !== clip.id);
    if (chosen) this.clips.push(clip);
    this.#show();
  }

  #show() {
    const places = new Map(this.clips.map((clip, place) => [clip.id, place + 1]));
    const full = this.clips.length >= MOST;
    for (const pick of byId("clips").querySelectorAll(".pick")) {
      const place = places.get(pick.dataset.pick);
      const box = pick.querySelector("input");
      box.checked = Boolean(place);
      box.disabled = full && !place;
      pick.querySelector("b").textContent = place ?? "";
    }
    this.bar.hidden = !this.clips.length;
    byId("gallery").classList.toggle("picking", this.clips.length > 0);
    byId("picked-films").replaceChildren(...this.clips.map((clip) =>
      el("li", {}, clip.poster ? el("img", { src: clip.poster, alt: clip.heading }) : icon("video"))));
    const more = this.clips.length < FEWEST ? "choose another to merge them" : full ? `${MOST} are the most` : "merged in this order";
    this.#say(`${this.clips.length} ${this.clips.length === 1 ? "film" : "films"}, ${more}`);
    byId("merge").disabled = this.clips.length < FEWEST;
  }

  #say(text) {
    byId("picked-say").textContent = text;
  }

  async #merge(merge) {
    const button = byId("merge");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await merge(this.clips);
      this.clear();
    } catch (refused) {
      for (const id of refused.taken ?? []) this.drop(id);
      this.#say(refused.message);
      button.disabled = this.clips.length < FEWEST;
    }
  }
}
