// Listens to one conversation and comes back by itself, without losing anything.

import { byId } from "./dom.js";

const HIDDEN_MS = 5000;
const LOOK_MS = 15000;
const NOTICE_MS = 1500;

/** While the tab is hidden the stream is let go (a browser has only six connections to share) and looked at now and then. */
export class Live {
  constructor(heard, look) {
    this.heard = heard;
    this.look = look;
    this.cursor = "";
    document.addEventListener("visibilitychange", () => this.#seen());
    addEventListener("online", () => this.#open());
    addEventListener("pageshow", (event) => event.persisted && this.#open());
  }

  follow(conversation, cursor) {
    this.conversation = conversation;
    this.cursor = cursor;
    this.#open();
  }

  stop() {
    clearTimeout(this.retry);
    clearTimeout(this.hiding);
    clearInterval(this.looking);
    this.source?.close();
    this.source = null;
  }

  #open() {
    if (!this.conversation) return;
    this.stop();
    const after = encodeURIComponent(this.cursor);
    const source = new EventSource(`/api/conversations/${encodeURIComponent(this.conversation)}/events?after=${after}`);
    this.source = source;
    source.addEventListener("open", () => this.#connected(true));
    source.addEventListener("error", () => this.#lost(source));
    for (const kind of ["card", "message"]) {
      source.addEventListener(kind, (event) => {
        if (source !== this.source) return;
        if (event.lastEventId) this.cursor = event.lastEventId;
        this.heard[kind](JSON.parse(event.data));
      });
    }
  }

  #lost(source) {
    if (source !== this.source) return;
    this.#connected(false);
    if (source.readyState !== EventSource.CLOSED) return;
    this.look(); // a login that has run out is told to a plain request, and not to a stream
    this.retry = setTimeout(() => this.#open(), 2500);
  }

  #connected(well) {
    clearTimeout(this.notice);
    if (well) byId("offline").hidden = true;
    else this.notice = setTimeout(() => { byId("offline").hidden = document.hidden; }, NOTICE_MS);
  }

  #seen() {
    clearTimeout(this.hiding);
    clearInterval(this.looking);
    if (!document.hidden) {
      if (!this.source || this.source.readyState === EventSource.CLOSED) this.#open();
      return;
    }
    this.hiding = setTimeout(() => {
      this.stop();
      this.looking = setInterval(this.look, LOOK_MS);
    }, HIDDEN_MS);
  }
}
