// The files that wait in the tray: by button, by drop, by paste; each with the token it will have.

import { byId, el, icon } from "./dom.js";
import { size } from "./figures.js";
import { enclosure, tokens } from "./thread.js";

const { maxBytes, maxSize, maxFiles } = document.body.dataset;

export class Uploads {
  /** `insert(token)` writes a token into the text; `renamed(map)` tells that tokens have moved up (null: gone). */
  constructor({ insert, renamed, problem }) {
    this.insert = insert;
    this.renamed = renamed;
    this.problem = problem;
    this.files = [];
    byId("attach").addEventListener("click", () => byId("files").click());
    byId("files").addEventListener("change", (event) => {
      this.add(event.target.files);
      event.target.value = "";
    });
    this.#listenForDrops();
    addEventListener("paste", (event) => {
      if (document.querySelector("dialog[open]") || !event.clipboardData?.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
  }

  add(list) {
    const files = [...list];
    const bytes = [...this.files, ...files].reduce((sum, file) => sum + file.size, 0);
    const count = this.files.length + files.length;
    if (count > Number(maxFiles)) {
      this.problem(`A message may bring at most ${maxFiles} files, and this would be ${count}. Send the rest in a second message.`);
      return;
    }
    if (bytes > Number(maxBytes)) {
      this.problem(`One message may bring at most ${maxSize} of files, and these have ${size(bytes)}. Attach fewer or smaller ones.`);
      return;
    }
    this.problem("");
    for (const file of files) this.files.push(Object.assign(file, { url: URL.createObjectURL(file) }));
    this.#show();
    byId("text").focus();
  }

  take() {
    const taken = this.files;
    this.files = [];
    this.#show();
    return taken;
  }

  giveBack(files) {
    this.files = [...files, ...this.files];
    this.#show();
  }

  #remove(place) {
    const before = tokens(this.files);
    this.files.splice(place, 1);
    const after = tokens(this.files);
    after.splice(place, 0, null);
    this.renamed(new Map(before.map((token, at) => [token, after[at]]).filter(([token]) => token)));
    this.#show();
    byId("text").focus();
  }

  #show() {
    const names = tokens(this.files);
    const tray = byId("tray");
    tray.hidden = !this.files.length;
    tray.replaceChildren(...this.files.map((file, place) => {
      const name = names[place] ?? file.name;
      const press = () => names[place] && this.insert(names[place]);
      const thumb = enclosure("button", file, names[place], { type: "button", "aria-label": `${file.name}: write ${name} into the message`, on: { click: press } });
      const out = el("button", { class: "take-out", type: "button", "aria-label": `Remove ${file.name}`, on: { click: () => this.#remove(place) } }, icon("close"));
      return el("div", { role: "listitem" }, thumb, out);
    }));
  }

  #listenForDrops() {
    const zone = byId("drop");
    const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
    let depth = 0;
    addEventListener("dragenter", (event) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      zone.hidden = false;
    });
    addEventListener("dragleave", (event) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      zone.hidden = depth === 0;
    });
    addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
    addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      zone.hidden = true;
      this.add(event.dataTransfer.files);
    });
  }
}
