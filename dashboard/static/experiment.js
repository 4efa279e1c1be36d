// Follows a running experiment. A stream of events reports every change at once; after each trial, charts and tables are
// fetched again. Without a stream the page polls once per second.
import { AGAIN, ENDED, answered, pause } from "./answers.js";
import { drawCharts } from "./charts.js";
import { copyCommands } from "./copy.js";
import { clear, report } from "./lost.js";
import { refreshParts } from "./parts.js";

const page = document.querySelector("[data-report]");
copyCommands(document.getElementById("live"));
const shown = { state: page.dataset.state, done: page.dataset.done, total: 0 };
let now = null; // The current trial, as of the last event.
let cancelling = false; // Requested; the conductor has not stopped yet.
let latest = ""; // The id of that event: a new stream continues after it.
let source = null;
let polling = false;
let refreshing = null;
let outdated = false;

const ended = () => ENDED.includes(shown.state);

// Fetches charts and tables again: one refresh at a time, and one more if anything changed meanwhile.
function refresh() {
  outdated = true;
  refreshing ??= (async () => {
    while (outdated) {
      outdated = false;
      try {
        remember(await refreshParts(location.href));
        if (ended()) outdated = false; // Events that arrive now are in it already.
        await drawCharts(page.dataset.figures);
        clear();
        announce();
      } catch (error) {
        report(error);
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
  showNow(); // The fetched page may be older than the last event.
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
  const planned = Number(page.dataset.repeats);
  const end = now.repeat < planned ? ` of ${planned}` : ""; // An added repeat has no end yet.
  place.replaceChildren(cell, ` repeat ${now.repeat + 1}${end}, ${cancelling ? "cancelling" : now.phase}`);
}

const look = async () => answered(await fetch(page.dataset.report, { signal: AbortSignal.timeout(5000) }));

// Brings the page up to date with the report. Returns whether more may change.
async function follow() {
  const { state, progress } = await look();
  now = progress.now ?? now;
  cancelling = progress.cancelling;
  const left = document.getElementById("left");
  if (left) left.textContent = progress.seconds_left === null ? "" : `about ${guess(progress.seconds_left)} left`;
  if (state !== shown.state || String(progress.done) !== shown.done) await refresh();
  else showNow();
  return !ENDED.includes(state);
}

// A hidden page closes its stream: a browser has six connections per host, and the dashboard one thread per connection.
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
    clear();
    if (latest) return;
    try {
      await follow(); // The stream has no events from before it began.
    } catch (error) {
      report(error);
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
      report(new TypeError("lost")); // The browser tried again without success; it keeps trying.
    }
  });
}

function quit() {
  source?.close();
  source = null;
}

// Polls until the experiment has ended, or until a lost connection is back: then a stream may work again.
async function poll() {
  polling = true;
  let lost = false;
  let more = true;
  while (more) {
    let wait = pause();
    try {
      more = await follow();
      clear();
      if (lost && globalThis.EventSource) break;
    } catch (error) {
      report(error);
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
    report(error);
    setTimeout(begin, AGAIN);
    return;
  }
  clear();
  document.addEventListener("visibilitychange", () => (document.hidden ? quit() : listen()));
  listen();
}

begin();
