// Plots, drawn as SVG by hand: columns over the days of a month, and bars. Each has its table beneath, for those who read rather than look.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 220;
const TOP = 14;
const FOOT = 26;

function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Credits for the eye: grouped, and with as many decimals as they need, at most two. */
export function credits(amount) {
  const value = Number(amount);
  const whole = Number.isInteger(value);
  return value.toLocaleString("en", { minimumFractionDigits: whole ? 0 : 2, maximumFractionDigits: 2 });
}

/** Round steps from nothing to above the most: 0, 20, 40, 60. */
export function ticks(most, wanted = 4) {
  const rough = Math.max(most, 1e-9) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999);
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, number) => number * step);
}

/** A column for each day; `today` is the day that runs, if it is one of them. The width is that of the place it is put in. */
export function columns(days, { today, name }) {
  const figure = el("figure", { class: "plot" });
  const said = el("p", { class: "read", "aria-hidden": "true" });
  const frame = el("div", { class: "frame" });
  figure.append(frame, said);
  const redraw = () => frame.replaceChildren(columnsAt(Math.max(frame.clientWidth, 240), days, { today, name, said }));
  new ResizeObserver(redraw).observe(frame);
  return figure;
}

function columnsAt(width, days, { today, name, said }) {
  const steps = ticks(Math.max(...days.map((day) => day.value), 0));
  const most = steps.at(-1);
  const left = 12 + 7.2 * Math.max(...steps.map((step) => credits(step).length));
  const ground = HEIGHT - FOOT;
  const y = (value) => ground - (Math.max(value, 0) / most) * (ground - TOP);
  const slot = (width - left) / days.length;
  const svg = draw("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": name });
  for (const step of steps) {
    svg.append(draw("line", { class: step ? "rule" : "rule ground", x1: left, x2: width, y1: y(step), y2: y(step) }));
    svg.append(draw("text", { class: "scale", x: left - 10, y: y(step) + 4, "text-anchor": "end" }, credits(step)));
  }
  const every = slot >= 22 ? 1 : slot >= 11 ? 2 : 5;
  const now = days.findIndex((day) => day.day === today);
  const told = (number) => number === now || (number % every === 0 && (now < 0 || Math.abs(number - now) * slot >= 20));
  days.forEach((day, number) => svg.append(column(day, { x: left + number * slot, slot, y, ground, labelled: told(number), today: day.day === today, said })));
  return svg;
}

function column(day, { x, slot, y, ground, labelled, today, said }) {
  const wide = Math.max(2, Math.min(slot * 0.68, 26));
  const middle = x + slot / 2;
  const top = day.value > 0 ? Math.min(y(day.value), ground - 2) : ground;
  const group = draw("g", { class: today ? "day today" : "day" });
  group.append(draw("rect", { class: "reach", x, y: TOP, width: slot, height: ground - TOP }));
  if (day.value > 0) group.append(draw("path", { class: "column", d: rounded(middle - wide / 2, top, wide, ground - top) }));
  if (labelled) group.append(draw("text", { class: "scale", x: middle, y: HEIGHT - 7, "text-anchor": "middle" }, String(day.number)));
  group.addEventListener("pointerenter", () => { said.replaceChildren(el("b", {}, `${day.text} credits`), ` on ${day.label}`); });
  group.addEventListener("pointerleave", () => said.replaceChildren());
  return group;
}

/** A column with a round head, its feet on the ground. */
function rounded(x, y, width, height) {
  const r = Math.min(4, width / 2, height);
  return `M${x} ${y + height}V${y + r}a${r} ${r} 0 0 1 ${r} ${-r}h${width - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}V${y + height}z`;
}

/** A bar for each, the largest at the top and as long as its place; `rows` have a name and a value. */
export function bars(rows) {
  const most = Math.max(...rows.map((row) => row.value), 0);
  return el("ul", { class: "bars", "aria-hidden": "true" }, rows.map((row) => {
    const share = most > 0 ? Math.max(row.value, 0) / most : 0;
    return el("li", {}, el("span", { class: "who" }, row.name), el("span", { class: "amount" }, row.text), track([[share, "full"]]));
  }));
}

/** A budget as a bar: what is spent, what is held beyond it, what is left; over the limit it turns to the colour of warnings. */
export function budget({ name, limit, spent, held }) {
  const used = spent + held;
  const whole = Math.max(limit, used, 1e-9);
  const left = limit - used;
  const state = left < 0 ? "over" : used >= 0.8 * limit ? "near" : "well";
  const parts = [[Math.max(spent, 0) / whole, "full"], [Math.max(held, 0) / whole, "held"]];
  const told = left < 0 ? `${credits(-left)} over` : `${credits(left)} left`;
  const also = held > 0 ? `, ${credits(held)} held` : "";
  const bar = track(parts, limit < used ? limit / whole : null);
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `${name}: ${credits(spent)} spent${also} of ${credits(limit)} credits, ${told}`);
  return el("li", { class: `budget ${state}` },
    el("p", {}, el("span", { class: "who" }, name), el("span", { class: "amount" }, el("b", {}, told), ` of ${credits(limit)}`)),
    bar,
    el("p", { class: "small" }, `${credits(spent)} spent${also}`));
}

/** `parts` are shares of the whole with their class, one after the other; `mark` is where a limit lies. */
function track(parts, mark = null) {
  const svg = draw("svg", { class: "track", viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(draw("rect", { class: "empty", width: 1000, height: 10 }));
  let x = 0;
  for (const [share, kind] of parts) {
    const width = share > 0 ? Math.max(share * 1000, 4) : 0;
    svg.append(draw("rect", { class: kind, x, width, height: 10 }));
    x += width;
  }
  if (mark !== null) svg.append(draw("rect", { class: "limit", x: mark * 1000 - 1.5, width: 3, height: 10 }));
  const holder = el("span", { class: "holder" });
  holder.append(svg);
  return holder;
}

/** The same numbers to read, closed until somebody asks for them. */
export function table(caption, heads, rows) {
  const cell = (text, number) => el(number ? "td" : "th", number ? {} : { scope: "row" }, text);
  return el("details", { class: "numbers" },
    el("summary", {}, "As a table"),
    el("div", { class: "scroll" }, el("table", {},
      el("caption", { class: "sr" }, caption),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell)))))));
}
