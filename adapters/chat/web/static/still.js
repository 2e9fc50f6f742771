// A film as a still picture: its poster, its length, and a preview that plays while a mouse rests on it.

import { el, icon } from "./dom.js";
import { lasts } from "./figures.js";

const REST_MS = 350;
const NARROW = 1.4;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** `poster`, `url` and measures as a clip or a card's film has them. `expired` is called when a link has run out. */
export function filmStill(film, expired = () => {}) {
  const node = el("span", { class: "still" });
  if (film.poster) {
    const tall = film.width && film.height && film.width / film.height < NARROW;
    if (tall) node.append(el("img", { class: "behind", src: film.poster, alt: "", loading: "lazy" }));
    node.append(el("img", { src: film.poster, alt: "", loading: "lazy", on: { error: expired } }));
  } else node.append(icon("video"));
  if (lasts(film)) node.append(el("span", { class: "badge" }, lasts(film)));
  return node;
}

/** Plays the film in its still, without sound, while a mouse rests on `over`; never for those who want no motion. */
export function previewed(over, node, film) {
  let rest = 0;
  let screen = null;
  const end = () => {
    clearTimeout(rest);
    screen?.removeAttribute("src");
    screen?.load();
    screen?.remove();
    screen = null;
  };
  const begin = () => {
    screen = el("video", { src: film.url, muted: true, loop: true, playsinline: true, disableremoteplayback: true, tabindex: "-1", "aria-hidden": "true" });
    screen.muted = true;
    screen.addEventListener("playing", () => screen?.classList.add("on"), { once: true });
    node.append(screen);
    screen.play().catch(end);
  };
  over.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "mouse" || still.matches) return;
    clearTimeout(rest);
    rest = setTimeout(begin, REST_MS);
  });
  over.addEventListener("pointerleave", end);
  over.addEventListener("click", end);
}
