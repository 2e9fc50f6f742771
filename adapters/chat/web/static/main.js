// Puts the page together.

import { getConversation, pressFilm } from "./api.js";
import { Composer } from "./composer.js";
import { Conversations } from "./conversations.js";
import { byId, toast } from "./dom.js";
import { Library } from "./library.js";
import { Live } from "./live.js";
import { Thread } from "./thread.js";
import { Viewer } from "./viewer.js";

const viewer = new Viewer({ where: () => conversations.current, pressing: () => thread.expect(), leads });
const thread = new Thread({ renew: () => renew(), view: (films, place) => viewer.show(films, place) });
const live = new Live({ card: heard, message: (message) => { show(); thread.message(message); } }, () => renew());
const conversations = new Conversations((id) => open(id));
const composer = new Composer({
  thread,
  where: () => conversations.current,
  sending: (text) => {
    conversations.name(text);
    show(false);
  },
});

async function open(id) {
  live.stop();
  thread.clear();
  composer.open();
  byId("empty").hidden = true;
  document.title = "Clapper";
  try {
    const conversation = await getConversation(id);
    if (id !== conversations.current) return;
    thread.show(conversation);
    titled();
    live.follow(id, conversation.cursor);
  } catch (refused) {
    if (id !== conversations.current) return;
    toast(refused.message);
    live.follow(id, "");
  }
  show(thread.isEmpty);
}

/** Everything as the bot has it now, on top of what is shown. */
async function renew() {
  const id = conversations.current;
  try {
    const conversation = await getConversation(id);
    if (id !== conversations.current) return;
    conversation.messages.forEach((message) => thread.message(message));
    conversation.cards.forEach((card) => thread.card(card));
    titled();
  } catch { /* The stream says so when the bot is away, and brings everything when it is back. */ }
}

function heard(card) {
  show(false);
  thread.card(card);
  titled(card);
}

function show(empty = false) {
  byId("empty").hidden = !empty;
}

/** Goes to where a press under a film led: what comes of it appears there. */
function leads(conversation, title, wanted = null, then = null) {
  library.close();
  if (conversation !== conversations.current) conversations.go(conversation);
  conversations.name(title);
  if (wanted) thread.expect(wanted, then);
}

/** The button of a card whose form orders films, all of these among them. */
const ordering = (ids) => (view) => view.card.buttons.find(({ form }) =>
  form.some((field) => field.kind === "order" && ids.every((id) => field.value.split(" ").includes(id))));

/** Puts films into the draft of a merge, one after the other, then opens its form: there their order can be changed. Those that are in it already stay. */
async function merge(clips) {
  const taken = [];
  let conversation = conversations.current;
  try {
    for (const { id } of clips) {
      if (![...thread.cards.values()].some(ordering([id]))) ({ conversation } = await pressFilm(id, { action: "add_to_merge", conversation }));
      taken.push(id);
    }
  } catch (refused) {
    throw Object.assign(refused, { taken });
  }
  const form = ordering(taken);
  leads(conversation, `Merge: ${clips[0].heading}`, form, (view) => view.press(form(view)));
}

/** The tab's name tells how far the film is, for those who look at other tabs meanwhile. */
function titled(newest) {
  const working = [...thread.cards.values()].map((view) => view.card).findLast((card) => card.progress);
  const fraction = working?.progress.fraction;
  if (working) document.title = `${fraction === null ? "…" : `${Math.round(fraction * 100)} %`} · Clapper`;
  else document.title = newest?.tone === "done" ? "Ready · Clapper" : "Clapper";
}

byId("examples").addEventListener("click", (event) => {
  const example = event.target.closest("button")?.querySelector("span");
  if (!example) return;
  composer.fill(example.textContent);
  byId("text").focus();
});

byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : !matchMedia("(prefers-color-scheme: light)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("clapper.theme", root.dataset.theme);
  toast(dark ? "Light" : "Dark");
});

const library = new Library({ viewer, merge });
conversations.start();
if (matchMedia("(pointer: fine)").matches) byId("text").focus();
