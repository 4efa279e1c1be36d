// Follows a running experiment. A stream of events says at once what changes; when a trial has ended, charts and tables
// are fetched again. Where there is no stream, the page asks once a second instead.
import { AGAIN, ENDED, answered, pause } from "./answers.js";
import { drawCharts } from "./charts.js";
import { found, tell } from "./lost.js";
import { refreshParts } from "./parts.js";

const page = document.querySelector("[data-report]");
const shown = { state: page.dataset.state, done: page.dataset.done, total: 0 };
let cells = 0; // A block is a trial of each.
let now = null; // What is measured, as the last event said.
let cancelling = false; // Requested; the conductor has not stopped yet.
let latest = ""; // The id of that event: a new stream goes on after it.
let source = null;
let polling = false;
let refreshing = null;
let outdated = false;

const ended = () => ENDED.includes(shown.state);

// Charts and tables anew: one refresh at a time, and one more for whatever changed meanwhile.
function refresh() {
  outdated = true;
  refreshing ??= (async () => {
    while (outdated) {
      outdated = false;
      try {
        remember(await refreshParts(location.href));
        if (ended()) outdated = false; // Whatever is said now is in it already.
        await drawCharts(page.dataset.figures);
        found();
        announce();
      } catch (error) {
        tell(error);
        outdated = true;
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
    refreshing = null;
  })();
  return refreshing;
}

function remember(fresh) {
  const { state, done } = fresh.querySelector("[data-report]").dataset;
  Object.assign(shown, { state, done });
  count();
  showNow(); // The page that was fetched may be older than the last event.
}

function count() {
  shown.total = document.getElementById("bar")?.max ?? shown.total;
}

function announce() {
  const words = shown.state === "running" ? "" : `Experiment ${shown.state}. `;
  document.getElementById("live").textContent = `${words}${shown.done} of ${shown.total} trials done.`;
}

function showNow() {
  const place = document.getElementById("now");
  if (!place || !now) return;
  const cell = document.createElement("span");
  cell.className = `model model-${now.model}`;
  cell.textContent = now.cell;
  const blocks = cells ? ` of ${Math.round(shown.total / cells)}` : "";
  const doing = cancelling ? "cancelling" : now.phase;
  place.replaceChildren(cell, ` repeat ${now.repeat + 1}${blocks}, ${doing}`);
}

const look = async () => answered(await fetch(page.dataset.report, { signal: AbortSignal.timeout(5000) }));

// Brings the page to where the report is. Answers whether more may come.
async function follow() {
  const { state, progress, cells: all } = await look();
  now = progress.now ?? now;
  cancelling = progress.cancelling;
  cells = all.length;
  const left = document.getElementById("left");
  if (left) left.textContent = progress.left === null ? "" : `about ${guess(progress.left)} left`;
  if (state !== shown.state || String(progress.done) !== shown.done) await refresh();
  else showNow();
  return !ENDED.includes(state);
}

// A hidden page lets its stream go: a browser has six connections to a host, and the dashboard a thread for each.
function listen() {
  if (source || polling || document.hidden || ended()) return;
  if (!globalThis.EventSource) {
    poll();
    return;
  }
  const stream = new EventSource(`${page.dataset.report}/events${latest && `?after=${latest}`}`);
  let failed = 0;
  source = stream;
  stream.addEventListener("open", async () => {
    failed = 0;
    found();
    if (latest) return;
    try {
      await follow(); // What happened before the stream began is not in it.
    } catch (error) {
      tell(error);
      refresh();
    }
  });
  stream.addEventListener("now", (event) => {
    latest = event.lastEventId;
    now = JSON.parse(event.data);
    showNow();
  });
  for (const change of ["trial", "record"]) {
    stream.addEventListener(change, (event) => {
      latest = event.lastEventId;
      if (event.data === '"cancelling"') cancelling = true;
      if (!ended()) refresh();
    });
  }
  stream.addEventListener("end", quit);
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) {
      quit();
      poll();
    } else if (++failed > 1) {
      tell(new TypeError("lost")); // The browser asked again, in vain; it goes on asking.
    }
  });
}

function quit() {
  source?.close();
  source = null;
}

// Until it has ended, or what was lost is found again: then there may be a stream once more.
async function poll() {
  polling = true;
  let lost = false;
  let more = true;
  while (more) {
    let wait = pause();
    try {
      more = await follow();
      found();
      if (lost && globalThis.EventSource) break;
    } catch (error) {
      tell(error);
      lost = true;
      wait = AGAIN;
    }
    if (more) await new Promise((resolve) => setTimeout(resolve, wait));
  }
  polling = false;
  listen();
}

const guess = (seconds) => (seconds < 100 ? `${Math.max(Math.round(seconds), 1)} s` : `${Math.round(seconds / 60)} min`);

async function begin() {
  count();
  try {
    await drawCharts(page.dataset.figures);
  } catch (error) {
    tell(error);
    setTimeout(begin, AGAIN);
    return;
  }
  found();
  document.addEventListener("visibilitychange", () => (document.hidden ? quit() : listen()));
  listen();
}

begin();
