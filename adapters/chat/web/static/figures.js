// Numbers as people read them, and the clocks that run on every working card.

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

export function left(seconds) {
  if (seconds < 1) return "any moment now";
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}

export function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(1).replace(/\.0$/, "")} MB`;
}

export function measures({ width, height, seconds, bytes }) {
  const frame = width && height ? `${width} × ${height}` : "";
  const length = seconds ? `${Math.round(seconds * 10) / 10} s` : "";
  return [frame, length, bytes ? size(bytes) : ""].filter(Boolean).join(" · ");
}

/** A film's length as a badge shows it: 0:05. */
export const lasts = ({ seconds }) => (seconds ? clock(Math.round(seconds)) : "");

export const day = (iso) => new Date(iso).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });

export const moment = (iso) => new Date(iso).toLocaleString(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const running = new Set();

/** Calls `show(secondsSinceThen)` now and each second until the returned function is called. */
export function ticking(show) {
  const began = performance.now();
  const tick = () => show((performance.now() - began) / 1000);
  tick();
  running.add(tick);
  return () => running.delete(tick);
}

setInterval(() => running.forEach((tick) => tick()), 1000);
