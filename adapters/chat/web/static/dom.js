// Small words for making the page. Whatever people wrote only ever becomes text nodes.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element with attributes (`class`, `on` listeners, booleans) and children: nodes, text, or nothing. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

let toastNode;
let toastTimer = 0;

/** A short word for the eye and for screen readers; over a dialog where one is open, as all outside it is out of reach then. */
export function toast(text) {
  toastNode ??= byId("toast");
  const dialogs = document.querySelectorAll("dialog[open]");
  (dialogs[dialogs.length - 1] ?? document.body).append(toastNode);
  toastNode.textContent = text;
  toastNode.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toastNode.hidden = true; }, 3200);
}

/** Told by screen readers when they have a moment; nothing is seen. */
export function announce(text) {
  byId("said").textContent = text;
}

export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = el("textarea", { class: "sr" });
    field.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(done);
}

/** Whoever is logged in by name, as their conversations' ids begin; empty where there is but one person. */
export const owner = document.body.dataset.person ?? "";

/** Kept in this browser, apart for each person who logs in. */
export const stored = {
  key: (name) => `clapper.${owner}${name}`,
  read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(stored.key(name))) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      if (value === null || value === "") localStorage.removeItem(stored.key(name));
      else localStorage.setItem(stored.key(name), JSON.stringify(value));
    } catch { /* A full or forbidden store only means that a draft is not kept. */ }
  },
};

export const randomId = (prefix) =>
  prefix + Array.from(crypto.getRandomValues(new Uint8Array(8)), (one) => one.toString(16).padStart(2, "0")).join("");
