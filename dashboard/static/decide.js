// At the end of a path: swaps the parameters with the workload, and follows the experiment that tests the path.
import { refreshParts } from "./parts.js";

const EVERY = 1000;
const AGAIN = 3000;
const ENDED = ["finished", "failed", "cancelled"];

const form = document.querySelector("form.check");
const live = document.getElementById("live");
const lost = document.getElementById("lost");
let state = form.dataset.state;

for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

async function swap() {
  const wanted = new URLSearchParams({ workload: form.elements.workload.value });
  try {
    await refreshParts(`${location.pathname}?${wanted}`, ["parameters"]);
  } catch {
    location.search = wanted;
  }
}

form.elements.workload.addEventListener("change", swap);
// Chosen before this script came, or kept by the browser from an earlier visit.
if (form.elements.workload.value !== form.dataset.workload) swap();

async function follow() {
  let wait = document.hidden ? 5 * EVERY : EVERY;
  try {
    const response = await fetch(form.dataset.follow, { signal: AbortSignal.timeout(5000) });
    const report = await response.json();
    if (!response.ok) throw new Error(report.error.message);
    lost.hidden = true;
    if (report.state !== state) {
      await refreshParts(location.href, ["outcome", "path"]);
      state = report.state;
      live.textContent = `Experiment ${state}. ${document.querySelector(".result .sentence")?.textContent ?? ""}`;
    }
    if (ENDED.includes(state)) return;
    document.getElementById("done").textContent = report.progress.done;
    document.getElementById("bar").value = report.progress.done;
  } catch (error) {
    const away = error instanceof TypeError || error instanceof SyntaxError || error.name === "TimeoutError";
    lost.textContent = `Connection lost: ${away ? "the dashboard does not answer" : error.message.replace(/\.$/, "")}. Trying again …`;
    lost.hidden = false;
    wait = AGAIN;
  }
  setTimeout(follow, wait);
}

if (form.dataset.follow) setTimeout(follow, EVERY);
