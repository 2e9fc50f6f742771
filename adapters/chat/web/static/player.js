// Films, sounds and pictures that the bot shows.

import { copy, el, icon } from "./dom.js";
import { measures } from "./figures.js";

/** `expired` is called when a link has run out, so that fresh ones can be fetched. */
export function shown(media, expired) {
  return media.kind === "image" ? picture(media, expired) : player(media, expired);
}

function picture(media, expired) {
  const image = el("img", { src: media.url, alt: media.alt, width: media.width, height: media.height, on: { error: expired } });
  return el("a", { class: "sheet-picture", href: media.url, target: "_blank", rel: "noopener" }, image);
}

export function player(media, expired = () => {}) {
  const tag = media.kind === "audio" ? "audio" : "video";
  const attributes = { src: media.url, controls: true, preload: "metadata", "aria-label": media.alt, on: { error: expired } };
  if (tag === "video") Object.assign(attributes, { playsinline: true, loop: true, poster: media.poster || null });
  const screen = el(tag, attributes);
  if (media.width && media.height) screen.style.aspectRatio = `${media.width} / ${media.height}`;
  return el("figure", { class: "player" }, screen, el("figcaption", { class: "under" }, ...under(media)));
}

/** Where a film lies, with its path to copy and its file to save. */
export function under(media) {
  return [el("span", { class: "where", title: measures(media) }, media.drive_path || media.name || measures(media)), ...tools(media)];
}

function tools(media) {
  const made = [];
  if (media.drive_path) {
    const press = () => copy(media.drive_path, "The Drive path is copied.");
    made.push(el("button", { class: "tool", type: "button", on: { click: press } }, icon("copy"), "Copy path"));
  }
  made.push(el("a", { class: "tool", href: media.download, download: media.name }, icon("download"), "Download"));
  return made;
}
