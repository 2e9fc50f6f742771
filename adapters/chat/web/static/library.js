// The library: every film of this place, newest first, each a press away.

import { getClips } from "./api.js";
import { byId, el, icon, toast } from "./dom.js";
import { measures } from "./figures.js";
import { closer, opened } from "./panels.js";
import { player } from "./player.js";

export function library() {
  const dialog = byId("library");
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  byId("open-library").addEventListener("click", async () => {
    try {
      const { clips } = await getClips();
      byId("clips").replaceChildren(...clips.map(still));
      byId("no-clips").hidden = clips.length > 0;
      opened(dialog);
    } catch (refused) {
      toast(refused.message);
    }
  });
}

function still(clip) {
  const picture = clip.poster ? el("img", { src: clip.poster, alt: "", loading: "lazy" }) : icon("video");
  const made = new Date(clip.made_at).toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return el("li", {}, el("button", { type: "button", on: { click: () => view(clip) } },
    el("span", { class: "still" }, picture),
    el("span", { class: "name" }, clip.name),
    el("span", { class: "meta" }, `${measures({ ...clip, bytes: null })} · ${made}`)));
}

async function view(clip) {
  const dialog = byId("viewer");
  const film = { ...clip, kind: "video", alt: clip.name };
  dialog.replaceChildren(el("header", {}, el("h2", { id: "viewer-title" }, clip.name), closer(dialog)), player(film));
  await opened(dialog);
  dialog.replaceChildren();
}
