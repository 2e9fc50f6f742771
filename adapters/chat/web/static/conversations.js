// The conversations this browser knows, and which one is open: its id is in the address, so a reload stays.

import { byId, el, owner, randomId, stored } from "./dom.js";

const KEPT = 40;
const TITLE = 64;

function shortened(text) {
  return text.length <= TITLE ? text : `${text.slice(0, TITLE).replace(/\s+\S*$/, "")}…`;
}

export class Conversations {
  constructor(open) {
    this.open = open;
    byId("new").addEventListener("click", () => this.go(randomId(`${owner}c`)));
    byId("menu").addEventListener("click", () => this.#side(!byId("side").classList.contains("open")));
    addEventListener("hashchange", () => this.#arrive());
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.#side(false); });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("#side, #menu")) this.#side(false);
    });
    addEventListener("storage", (event) => { if (event.key === stored.key("conversations")) this.#list(); });
  }

  start() {
    if (this.#inAddress()) this.#arrive();
    else this.go(stored.read("conversations", [])[0]?.id ?? randomId(`${owner}c`), true);
  }

  go(id, quietly = false) {
    if (quietly) history.replaceState(null, "", `#${id}`);
    else history.pushState(null, "", `#${id}`);
    this.#arrive();
  }

  /** Remembers the open conversation under its first words. */
  name(text) {
    const known = stored.read("conversations", []);
    const here = known.find((one) => one.id === this.current);
    const title = here?.title || shortened(text.replace(/\s+/g, " ").trim()) || "Files";
    stored.write("conversations", [{ id: this.current, title }, ...known.filter((one) => one.id !== this.current)].slice(0, KEPT));
    this.#list();
  }

  #inAddress() {
    const id = location.hash.slice(1);
    const mine = owner ? id.startsWith(owner) : !/^u[a-z2-7]{24}-/.test(id);
    return mine && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : "";
  }

  #arrive() {
    const id = this.#inAddress();
    if (!id || id === this.current) return;
    this.current = id;
    this.#side(false);
    this.#list();
    this.open(id);
  }

  #list() {
    const known = stored.read("conversations", []);
    const here = known.find((one) => one.id === this.current);
    byId("heading").textContent = here?.title ?? "New conversation";
    byId("conversations").replaceChildren(...known.map((one) =>
      el("li", {}, el("a", { href: `#${one.id}`, "aria-current": one.id === this.current ? "page" : null }, one.title))));
  }

  #side(shown) {
    const side = byId("side");
    if (side.classList.contains("open") === shown) return;
    side.classList.toggle("open", shown);
    byId("menu").setAttribute("aria-expanded", String(shown));
    (shown ? byId("new") : byId("menu")).focus();
  }
}
