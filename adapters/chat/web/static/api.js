// The bot's interface. Every refusal is an `Refused` with the sentence that the bot gave.

export class Refused extends Error {
  constructor(status, say) {
    super(say);
    this.status = status;
  }
}

const AWAY = "The bot cannot be reached just now. Nothing is lost; try again in a moment.";

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, AWAY);
  }
  return read(answer.status, await answer.text());
}

function read(status, text) {
  if (status === 401) location.assign(location.pathname === "/" ? "/login" : `/login?next=${location.pathname}`);
  let body = {};
  try {
    body = JSON.parse(text);
  } catch { /* A proxy's page, not ours: the status has to do. */ }
  if (status >= 200 && status < 300) return body;
  throw new Refused(status, body.error ?? (status ? `The bot answered ${status}. Try again in a moment.` : AWAY));
}

export const getConversation = (id) => ask(`/api/conversations/${encodeURIComponent(id)}`);

/** `query` as the library's address takes it; what is empty in it is left out, save an empty `folder`. */
export function getClips(query) {
  const asked = Object.entries(query).filter(([name, value]) => value !== null && value !== undefined && (value !== "" || name === "folder"));
  return ask(`/api/clips?${new URLSearchParams(asked)}`);
}

export const getClip = (id) => ask(`/api/clips/${encodeURIComponent(id)}`);

/** What was spent in a month such as 2026-11, in the one that runs where it is empty. */
export const getSpending = (month) => ask(`/api/spend${month ? `?month=${month}` : ""}`);

/** Whether a file's link is no longer good, rather than its file. */
export async function ranOut(url) {
  try {
    return (await fetch(url, { method: "HEAD" })).status === 403;
  } catch {
    return false;
  }
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** `said` is the action with its `item`, `value` and `revision`. */
export const pressCard = (card, said) => post(`/api/cards/${encodeURIComponent(card)}/actions`, said);

/** `said` is the action with its `value` and the `conversation` that what comes of it is to appear in. */
export const pressFilm = (clip, said) => post(`/api/clips/${encodeURIComponent(clip)}/actions`, said);

/** Sends a message; `progress` hears fractions from 0 to 1. The same `key` sent again is the same message. */
export function send({ conversation, text, files, key }, progress) {
  const form = new FormData();
  form.append("text", text);
  form.append("conversation", conversation);
  for (const file of files) form.append("files", file, file.name || "pasted.png");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/messages");
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener("loadend", () => {
      try {
        resolve(read(request.status, request.responseText));
      } catch (refused) {
        reject(refused);
      }
    });
    request.send(form);
  });
}
