// The conversation as it stands: what people said, the cards that answer, and the wait between.

import { CardView } from "./card.js";
import { byId, el, icon } from "./dom.js";

const NEAR = 160;
const PATIENCE_MS = 20_000;
const EXPECTED_MS = 15_000;
const KINDS = [
  ["image", /^image\//, /\.(jpe?g|png|webp|bmp|tiff?|gif|heic|heif)$/i],
  ["video", /^video\//, /\.(mp4|mov|m4v|webm)$/i],
  ["audio", /^audio\//, /\.(wav|mp3|m4a|aac|ogg|flac)$/i],
];

function kindOf({ name = "", type = "" }) {
  return (KINDS.find(([, mime]) => mime.test(type)) ?? KINDS.find(([, , ending]) => ending.test(name)) ?? [null])[0];
}

/** The tokens of files in their order: `@Image1`, `@Video1`, `@Image2` …; null for what is none of these. */
export function tokens(files) {
  const counts = {};
  return files.map((file) => {
    const kind = kindOf(file);
    if (!kind) return null;
    counts[kind] = (counts[kind] ?? 0) + 1;
    return `@${kind[0].toUpperCase()}${kind.slice(1)}${counts[kind]}`;
  });
}

export function enclosure(tag, file, token, attributes = {}) {
  const kind = kindOf(file);
  const standIn = () => el("span", { class: "stand-in" }, icon(kind ?? "file"), el("span", {}, file.name || "File"));
  let view = standIn();
  if (kind === "image") view = el("img", { src: file.url, alt: file.name || "", loading: "lazy" });
  if (kind === "video") view = el("video", { src: `${file.url}#t=0.1`, preload: "metadata", muted: true, playsinline: true, tabindex: "-1" });
  view.addEventListener("error", () => view.replaceWith(standIn()));
  return el(tag, { class: "enclosure", title: file.name, ...attributes }, view, token ? el("span", { class: "token" }, token) : null);
}

export class Thread {
  /** `renew()` fetches everything afresh, `view(films, place)` shows one film among others. */
  constructor({ renew, view }) {
    this.list = byId("thread");
    this.room = byId("main");
    this.cardRoom = { renew, view, changed: (newer) => this.card(newer), pressing: () => this.expect() };
    this.pinned = true;
    this.room.addEventListener("scroll", () => { this.pinned = this.#near(); }, { passive: true });
    // Pictures and players get their height after their card: who reads at the end stays there.
    new ResizeObserver(() => { if (this.pinned) this.toEnd(); }).observe(this.list);
    this.clear();
  }

  clear() {
    for (const view of this.cards?.values() ?? []) view.stop?.();
    this.cards = new Map();
    this.messages = new Map();
    this.held = null;
    this.expected = null;
    this.list.replaceChildren();
    this.#wait(false);
  }

  get isEmpty() {
    return !this.cards.size && !this.messages.size;
  }

  show({ messages, cards }) {
    for (const message of messages) this.message(message, false);
    for (const card of cards) this.card(card, false);
    this.toEnd();
  }

  /** Something was pressed: the next new card is what came of it, and is brought into view; or the one that is `wanted(view)`, which `then` hears of. */
  expect(wanted = null, then = null) {
    this.expected = { until: performance.now() + EXPECTED_MS, wanted, then };
    if (wanted) [...this.cards.values()].some((view) => this.#arrived(view));
  }

  #arrived(view, fresh = false) {
    const { until = 0, wanted, then } = this.expected ?? {};
    if (performance.now() > until || !(wanted ? wanted(view) : fresh)) return false;
    this.expected = null;
    view.node.scrollIntoView({ block: "nearest" });
    this.pinned = this.#near();
    then?.(view);
    return true;
  }

  /** While a message is on its way, what arrives is held back: one of these is the same message, another its answer. */
  hold() {
    this.held ??= [];
  }

  release() {
    const held = this.held ?? [];
    this.held = null;
    held.forEach((replay) => replay());
  }

  message(message, fresh = true) {
    if (this.held) {
      this.held.push(() => this.message(message, fresh));
      return;
    }
    const known = this.messages.get(message.id);
    if (known) {
      known.job = message.job;
      return;
    }
    const node = said(message);
    this.messages.set(message.id, { ...message, node });
    this.#add(node, fresh);
    if (fresh) this.#wait(true);
  }

  /** A message not yet answered for: it is shown at once, and `settle` gives it its id or says why not. */
  pending(text, files, again) {
    const names = tokens(files);
    const node = said({ text, attachments: files.map((file) => ({ name: file.name, mime: file.type, url: URL.createObjectURL(file) })) }, names);
    node.classList.add("sending");
    this.#add(node, true);
    this.toEnd();
    return {
      kept: (id) => {
        node.classList.remove("sending");
        if (this.messages.has(id)) node.remove();
        else this.messages.set(id, { id, node });
        this.#wait(true);
      },
      failed: (say) => {
        node.classList.remove("sending");
        const retry = el("button", { type: "button" }, "Send again");
        const line = el("p", { class: "failed", role: "alert" }, say, retry);
        retry.addEventListener("click", () => {
          line.remove();
          node.classList.add("sending");
          again();
        });
        node.append(line);
        this.toEnd();
      },
      drop: () => node.remove(),
    };
  }

  card(card, fresh = true) {
    if (this.held) {
      this.held.push(() => this.card(card, fresh));
      return;
    }
    this.#wait(false);
    const known = this.cards.get(card.id);
    if (known) {
      const near = this.#near();
      known.update(card);
      if (near && fresh) this.toEnd();
      this.#arrived(known);
      return;
    }
    const view = new CardView(card, this.cardRoom);
    this.cards.set(card.id, view);
    this.#place(view, card, fresh);
    this.#arrived(view, fresh);
  }

  #place(view, card, fresh) {
    const asked = [...this.messages.values()].find((one) => one.id === card.answers || one.job?.slice(1) === card.id.slice(1));
    let after = asked?.node;
    while (after?.nextElementSibling?.querySelector?.(":scope > .card")) after = after.nextElementSibling;
    if (!after || !after.nextElementSibling) {
      this.#add(view.node, fresh);
      return;
    }
    after.after(view.node);
  }

  #add(node, fresh) {
    const near = this.#near();
    if (fresh) node.classList.add("fresh");
    this.list.append(node);
    if (this.waiting) this.list.append(this.waiting);
    if (near) this.toEnd();
  }

  #wait(on) {
    clearTimeout(this.patience);
    this.waiting?.remove();
    this.waiting = null;
    if (!on) return;
    this.waiting = el("li", { class: "waiting" }, el("i", { "aria-hidden": "true" }, el("b")), "Reading your message");
    this.list.append(this.waiting);
    this.patience = setTimeout(() => this.#wait(false), PATIENCE_MS);
  }

  #near() {
    return this.room.scrollHeight - this.room.scrollTop - this.room.clientHeight < NEAR;
  }

  toEnd() {
    this.pinned = true;
    requestAnimationFrame(() => {
      const last = this.list.lastElementChild;
      if (!last) return;
      this.room.scrollTop = this.room.scrollHeight;
      const film = last.querySelector(".player");
      if (film && last.offsetHeight > this.room.clientHeight) last.scrollIntoView({ block: "start" });
    });
  }
}

function said({ text, attachments }, names = tokens(attachments.map((one) => ({ name: one.name, type: one.mime })))) {
  const files = attachments.map((file, place) =>
    enclosure("a", { ...file, type: file.mime }, names[place], { href: file.url, target: "_blank", rel: "noopener" }));
  return el("li", { class: "said" },
    el("span", { class: "sr" }, "You wrote:"),
    files.length ? el("div", { class: "with" }, files) : null,
    text ? el("p", { class: "words", dir: "auto" }, text) : null);
}
