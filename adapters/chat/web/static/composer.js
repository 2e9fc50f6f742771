// The message box: a draft that is kept, Enter that sends, and an upload whose progress is seen.

import { send } from "./api.js";
import { byId, randomId, stored } from "./dom.js";
import { Uploads } from "./uploads.js";

const SHOWN_FROM_BYTES = 300_000;

export class Composer {
  /** `sending(text)` is told before a message goes; `thread` shows it; `where()` names the conversation. */
  constructor({ thread, where, sending }) {
    this.thread = thread;
    this.where = where;
    this.sending = sending;
    this.text = byId("text");
    this.uploads = new Uploads({
      insert: (token) => this.insert(token),
      renamed: (moved) => this.#rename(moved),
      problem: (say) => this.problem(say),
    });
    this.text.addEventListener("input", () => this.#changed());
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** Shows the draft of the conversation that is open now. What was typed before the page was ready stays. */
  open() {
    const early = this.opened ? "" : this.text.value;
    this.opened = true;
    this.fill(early || stored.read(`draft.${this.where()}`, ""));
    this.problem("");
  }

  fill(text) {
    this.text.value = text;
    this.#changed();
  }

  insert(token) {
    const { selectionStart: at, selectionEnd: end, value } = this.text;
    const before = at && !/\s$/.test(value.slice(0, at)) ? " " : "";
    const after = /^\s/.test(value.slice(end)) ? "" : " ";
    this.text.setRangeText(before + token + after, at, end, "end");
    this.text.focus();
    this.#changed();
  }

  problem(say) {
    const node = byId("problem");
    node.textContent = say;
    node.hidden = !say;
  }

  #rename(moved) {
    this.fill(this.text.value.replace(/@(Image|Video|Audio)\d+\b/g, (token) => (moved.has(token) ? (moved.get(token) ?? "") : token)));
  }

  #changed() {
    stored.write(`draft.${this.where()}`, this.text.value);
    if (CSS.supports("field-sizing", "content")) return;
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  #submit() {
    const text = this.text.value.trim();
    if (!text && !this.uploads.files.length) {
      this.problem("Write what you want to see, or attach a picture, film or sound.");
      return;
    }
    this.problem("");
    this.sending(text);
    const message = { conversation: this.where(), text, files: this.uploads.take(), key: randomId("k") };
    this.fill("");
    const shown = this.thread.pending(text, message.files, () => this.#send(message, shown));
    this.#send(message, shown);
  }

  async #send(message, shown) {
    this.thread.hold();
    const bytes = message.files.reduce((sum, file) => sum + file.size, 0);
    try {
      const answer = await send(message, (fraction) => this.#progress(bytes > SHOWN_FROM_BYTES ? fraction : null));
      if (message.conversation === this.where()) shown.kept(answer.message);
    } catch (refused) {
      this.#refused(refused, message, shown);
    } finally {
      this.#progress(null);
      this.thread.release();
    }
  }

  /** What can only be mended by changing the message goes back into the box; the rest can be sent again as it is. */
  #refused(refused, message, shown) {
    if (refused.status < 400 || refused.status >= 500 || this.text.value || message.conversation !== this.where()) {
      shown.failed(refused.message);
      return;
    }
    shown.drop();
    this.fill(message.text);
    this.uploads.giveBack(message.files);
    this.problem(refused.message);
  }

  #progress(fraction) {
    const bar = byId("sending");
    bar.hidden = fraction === null;
    if (fraction === null) return;
    bar.setAttribute("aria-valuenow", Math.round(fraction * 100));
    bar.firstElementChild.style.width = `${fraction * 100}%`;
  }
}
