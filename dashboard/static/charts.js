// Draws the charts of an experiment in the colours of the page. The figures come complete from the server.
import { refreshParts } from "./parts.js";

const QUIET = { displayModeBar: false, responsive: true };
const PATIENCE = 10_000;
// Ink, soft ink, rules and boxes on paper, whatever the page looks like on the screen.
const PAPER = ["#000000", "#444444", "#cccccc", "#ffffff"];
const narrow = matchMedia("(max-width: 36rem)");
const dark = matchMedia("(prefers-color-scheme: dark)");

let figures = {};
let turn = 0;
let printing = false;
let bars = { address: null, figure: null };

let loading = null;

// The page loads the script if it has something to draw; otherwise it is loaded when there is something.
function plotly() {
  if (window.Plotly) return Promise.resolve();
  loading ??= new Promise((done, failed) => {
    let script = document.querySelector("script[data-plotly]");
    if (!script || document.readyState === "complete") {
      script?.remove(); // The page waited for it without success.
      script = document.createElement("script");
      script.src = document.querySelector("[data-plotly-js]").dataset.plotlyJs;
      script.dataset.plotly = "";
      document.head.append(script);
    }
    const settle = () => {
      if (window.Plotly) return done();
      loading = null;
      script.remove();
      return failed(new TypeError("plotly.js could not be loaded"));
    };
    script.addEventListener("load", settle);
    script.addEventListener("error", settle);
    addEventListener("load", settle, { once: true }); // It may have failed before these listeners were added.
  });
  return loading;
}

export async function drawCharts(address) {
  figures = await asked(address);
  lookAtTasks();
  await paint();
}

async function asked(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`the dashboard answered with ${response.status} instead of the figures`);
  return response.json();
}

// Draws the visible charts first, the others one by one when the browser is idle. A later call takes over.
async function paint() {
  const mine = ++turn;
  const places = [...document.querySelectorAll("[data-chart]")];
  for (const place of places) place.closest(".figure").hidden = !figures[place.dataset.chart]?.data.length;
  const shown = places.filter((place) => figures[place.dataset.chart]?.data.length);
  const seen = shown.filter(onScreen);
  for (const place of seen) await draw(place, figures[place.dataset.chart]);
  for (const place of shown.filter((one) => !seen.includes(one))) {
    await idle();
    if (mine !== turn) return;
    await draw(place, figures[place.dataset.chart]);
  }
}

const idle = () => new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done, { timeout: 200 }));

function onScreen(place) {
  const { top, bottom } = place.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

async function draw(place, figure) {
  await plotly();
  await Plotly.react(place, figure.data, fitted(figure.layout), QUIET);
  offerPicture(place, figure);
}

function offerPicture(place, figure) {
  for (const button of place.closest(".figure").querySelectorAll("[data-png]")) button.hidden = !figure?.data.length;
}

function fitted(layout) {
  const tokens = getComputedStyle(document.documentElement);
  const ofPage = ["--ink", "--soft", "--rule", "--raised"].map((name) => tokens.getPropertyValue(name));
  const [ink, soft, rule, raised] = printing ? PAPER : ofPage;
  const changes = (narrow.matches && layout.meta?.narrow) || {};
  const themed = {
    ...layout,
    ...changes,
    font: { ...layout.font, color: soft, family: tokens.getPropertyValue("--text") },
    legend: { ...layout.legend, font: { color: ink } },
    hoverlabel: { bgcolor: raised, bordercolor: rule, font: { color: ink } },
  };
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
    const lines = { gridcolor: rule, zerolinecolor: rule, linecolor: rule, tickcolor: rule };
    themed[name] = { ...layout[name], ...changes[name], ...lines };
  }
  return themed;
}

// Single tasks: drawn when they come into view, and again when another trial is selected.
const tasks = document.querySelector(".chart[data-tasks]");
const watcher = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) drawTasks();
}, { rootMargin: "200px" });

function lookAtTasks() {
  const choice = document.querySelector(".look select");
  for (const button of document.querySelectorAll(".look [data-without-script]")) button.hidden = true;
  tasks.closest(".figure").hidden = !choice;
  tasks.hidden = !address();
  offerPicture(tasks, bars.figure);
  // Observing again reports an element that is in view already.
  watcher.unobserve(tasks);
  watcher.observe(tasks);
}

const address = () => document.querySelector("[data-bars]")?.dataset.bars ?? null;

async function drawTasks() {
  const wanted = address();
  if (wanted === bars.address) return;
  bars = { address: wanted, figure: null };
  if (!wanted) return;
  try {
    const figure = await asked(wanted);
    if (wanted !== bars.address) return;
    bars.figure = figure;
    await draw(tasks, figure);
  } catch {
    // The next call tries again.
    if (wanted === bars.address) bars = { address: null, figure: null };
  }
}

document.addEventListener("change", async ({ target }) => {
  if (!target.matches(".look select")) return;
  const page = `${location.pathname}?${new URLSearchParams({ timeline: target.value })}`;
  history.replaceState(null, "", page);
  try {
    await refreshParts(page, ["timeline-values"]);
    lookAtTasks();
  } catch {
    location.reload();
  }
});

// A PNG has a title and the background of the page; the chart on screen is transparent.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("button[data-png]");
  if (!button) return;
  const figure = button.closest(".figure");
  const place = figure.querySelector(".chart");
  const tokens = getComputedStyle(document.documentElement);
  const paper = tokens.getPropertyValue("--paper");
  const room = 40;
  const title = { text: figure.querySelector("h2").textContent, x: 0.01, xanchor: "left", y: 0.99, yanchor: "top", yref: "container" };
  const { height, margin } = place.layout;
  const layout = {
    ...place.layout,
    title: { ...title, font: { color: tokens.getPropertyValue("--ink"), size: 17 } },
    paper_bgcolor: paper,
    plot_bgcolor: paper,
    height: height + room,
    margin: { ...margin, t: margin.t + room },
  };
  const size = { width: place.clientWidth, height: height + room, scale: 2 };
  await Plotly.downloadImage({ data: place.data, layout }, { format: "png", filename: button.dataset.file, ...size });
});

async function again() {
  await paint();
  if (bars.figure?.data.length) await draw(tasks, bars.figure);
}

dark.addEventListener("change", again);
narrow.addEventListener("change", again);

// A browser prints what is drawn when this event ends, so nothing here may wait.
function recolour(forPaper) {
  printing = forPaper;
  for (const place of document.querySelectorAll("[data-chart].js-plotly-plot, #timeline .js-plotly-plot")) {
    Plotly.relayout(place, fitted(place.layout));
  }
}

addEventListener("beforeprint", () => recolour(true));
addEventListener("afterprint", () => recolour(false));
