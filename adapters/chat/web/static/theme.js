// Runs before the first paint, so that a chosen theme does not flash.
const kept = localStorage.getItem("clapper.theme");
if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
