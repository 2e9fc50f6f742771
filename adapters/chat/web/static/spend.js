// What was spent in a month: by day, by model, by person, and how the budgets stand.

import { getSpending } from "./api.js";
import { byId, el } from "./dom.js";
import { bars, budget, columns, credits, table } from "./plots.js";

const MONTHS = 24;
const SHOWN = 8;

const named = (month) => at(`${month}-01`).toLocaleDateString("en", { month: "long", year: "numeric", timeZone: "UTC" });
const at = (day) => new Date(`${day}T00:00:00Z`);
const dated = (day) => at(day).toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });

/** The month some months from another one, as 2026-11. */
function moved(month, by) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

async function open(month, quietly = false) {
  const main = byId("sums");
  main.setAttribute("aria-busy", "true");
  try {
    const told = await getSpending(month);
    byId("problem").hidden = true;
    if (!quietly) history.replaceState(null, "", told.running ? location.pathname : `#${told.month}`);
    show(told);
  } catch (refused) {
    byId("problem").textContent = refused.message;
    byId("problem").hidden = false;
  }
  main.setAttribute("aria-busy", "false");
}

function show(told) {
  const days = told.days.map((one) => ({
    day: one.day, number: Number(one.day.slice(8)), label: dated(one.day), value: Number(one.credits), text: credits(one.credits),
  }));
  const any = told.people.length > 0;
  const today = told.now.slice(0, 10);
  picker(told);
  figures(told, days, today);
  byId("nothing").hidden = any;
  byId("nothing-say").textContent = `${told.running ? "No film was paid for yet" : "No film was paid for"} in ${named(told.month)}. Films that the free renderer makes cost nothing.`;
  const others = told.budgets.filter((one) => one.of === "person");
  const ours = told.budgets.filter((one) => one.of !== "person");
  panel("budgets", "Budgets", ours.length > 0, () => [budgets(ours)]);
  panel("everybody", "Everybody’s budgets", others.length > 0, () => [budgets(others)]);
  panel("days", "By day", any, () => [
    columns(days, { today, name: `Credits by day in ${named(told.month)}, ${credits(told.total)} in all` }),
    table(`Credits by day in ${named(told.month)}`, ["Day", "Credits"], days.filter((day) => day.value !== 0).map((day) => [day.label, day.text])),
  ]);
  panel("models", "By model", any, () => ranked(told.models, "Model", told.total));
  panel("people", "By person", any && told.everybody, () => ranked(told.people, "Person", told.total));
  foot(told);
}

const budgets = (rows) => el("ul", { class: "budgets" }, rows.map((one) =>
  budget({ name: one.name, limit: Number(one.credits), spent: Number(one.spent), held: Number(one.held) })));

function picker(told) {
  const { month, now } = told;
  const running = now.slice(0, 7);
  const known = Array.from({ length: MONTHS }, (_, number) => moved(running, -number));
  if (!known.includes(month)) known.push(month);
  byId("month").replaceChildren(...known.map((one) => el("option", { value: one, selected: one === month }, named(one))));
  byId("month").value = month;
  byId("after").disabled = month === running;
  byId("after").onclick = () => open(moved(month, 1));
  byId("before").onclick = () => open(moved(month, -1));
  byId("csv").href = `/api/ledger.csv?month=${month}`;
}

function figures(told, days, today) {
  const dollars = (Number(told.total) / Number(told.rate)).toLocaleString("en", { style: "currency", currency: "USD" });
  const busiest = days.reduce((one, other) => (other.value > one.value ? other : one));
  const past = days.filter((day) => day.day <= today).length || days.length;
  const told_of = [
    ["big", credits(told.total), `credits spent ${told.everybody ? "by everybody" : "by you"}`, `about ${dollars}`],
    ["", credits(told.held), "held right now", "for films on their way"],
    ["", credits((Number(told.total) / past).toFixed(2)), "a day", `over ${past} ${past === 1 ? "day" : "days"}`],
    ["", busiest.value > 0 ? busiest.text : "–", "on the busiest day", busiest.value > 0 ? busiest.label : "none yet"],
  ];
  byId("figures").replaceChildren(...told_of.map(([kind, number, what, more]) =>
    el("p", { class: `figure ${kind}` }, el("b", {}, number), el("span", {}, what), el("small", {}, more))));
}

/** Bars for the first ones, the rest as one bar; the table has them all. */
function ranked(rows, head, total) {
  const share = (value) => (Number(total) > 0 ? `${Math.round((100 * value) / Number(total))} %` : "–");
  const all = rows.map((row) => ({ name: row.name || "Unknown", value: Number(row.credits), text: credits(row.credits) }));
  const shown = all.slice(0, all.length > SHOWN ? SHOWN - 1 : SHOWN);
  const rest = all.slice(shown.length);
  if (rest.length) {
    const value = rest.reduce((sum, row) => sum + row.value, 0);
    shown.push({ name: `${rest.length} others`, value, text: credits(value.toFixed(2)) });
  }
  return [bars(shown), table(`Credits by ${head.toLowerCase()}`, [head, "Credits", "Share"], all.map((row) => [row.name, row.text, share(row.value)]))];
}

function panel(id, title, shown, content) {
  const section = byId(id);
  section.hidden = !shown;
  section.setAttribute("aria-labelledby", `${id}-title`);
  section.replaceChildren(...(shown ? [el("h2", { id: `${id}-title` }, title), ...content()] : []));
}

function foot(told) {
  const whose = told.everybody ? "Everybody who uses this page is counted." : "Only what you asked for is counted; admins see everybody.";
  byId("foot").replaceChildren(
    el("p", {}, `${whose} Months begin at midnight in ${told.zone}. ${credits(told.rate)} credits are a dollar.`),
    el("p", {}, "You are ", el("code", {}, told.person.id), told.person.name === "You" ? "" : `, ${told.person.name}`, "."));
}

const inAddress = () => (/^#20\d\d-(0[1-9]|1[0-2])$/.test(location.hash) ? location.hash.slice(1) : "");
byId("month").addEventListener("change", () => open(byId("month").value));
addEventListener("hashchange", () => open(inAddress(), true));
open(inAddress(), true);
