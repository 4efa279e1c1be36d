// Follows a running experiment: asks once a second, and fetches charts and tables again when a trial has ended.
import { drawCharts } from "./charts.js";
import { refreshParts } from "./parts.js";

const EVERY = 1000;
const AGAIN = 3000;
const ENDED = ["finished", "failed", "cancelled"];

const page = document.querySelector("[data-report]");
const lost = document.getElementById("lost");
let shown = `${page.dataset.state} ${page.dataset.done}`;

async function look() {
  const response = await fetch(page.dataset.report, { signal: AbortSignal.timeout(5000) });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}

async function follow() {
  let wait = document.hidden ? 5 * EVERY : EVERY;
  try {
    const report = await look();
    const stands = `${report.state} ${report.progress.done}`;
    if (stands !== shown) {
      await refreshParts(location.href);
      await drawCharts(page.dataset.figures);
      announce(report);
      shown = stands;
    }
    lost.hidden = true;
    if (ENDED.includes(report.state)) return;
    show(report);
  } catch (error) {
    tell(error);
    wait = AGAIN;
  }
  setTimeout(follow, wait);
}

function show({ progress }) {
  const put = (id, text) => {
    const place = document.getElementById(id);
    if (place) place.textContent = text;
  };
  put("left", progress.left === null ? "" : `about ${guess(progress.left)} left`);
  const now = document.getElementById("now");
  if (now && progress.now) {
    const cell = document.createElement("span");
    cell.className = `model model-${progress.now.cell.split("@")[0]}`;
    cell.textContent = progress.now.cell;
    now.replaceChildren(cell, ` repeat ${progress.now.repeat + 1}, ${progress.now.phase}`);
  }
}

function announce({ state, progress }) {
  const words = state === "running" ? "" : `Experiment ${state}. `;
  document.getElementById("live").textContent = `${words}${progress.done} of ${progress.total} trials done.`;
}

function tell(error) {
  const words = error instanceof TypeError || error.name === "TimeoutError" ? "the dashboard does not answer" : error.message;
  lost.textContent = `Connection lost: ${words.replace(/\.$/, "")}. What you see is the last that was known; trying again …`;
  lost.hidden = false;
}

const guess = (seconds) => (seconds < 100 ? `${Math.max(Math.round(seconds), 1)} s` : `${Math.round(seconds / 60)} min`);

async function begin() {
  try {
    await drawCharts(page.dataset.figures);
  } catch (error) {
    tell(error);
    setTimeout(begin, AGAIN);
    return;
  }
  lost.hidden = true;
  if (!ENDED.includes(page.dataset.state)) setTimeout(follow, EVERY);
}

begin();
