// At the end of a path: swaps the parameters with the workload, and follows the experiment that tests the path.
import { AGAIN, ENDED, EVERY, answered, pause } from "./answers.js";
import { found, tell } from "./lost.js";
import { refreshParts } from "./parts.js";

const form = document.querySelector("form.check");
const live = document.getElementById("live");
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
  let wait = pause();
  try {
    const report = await answered(await fetch(form.dataset.follow, { signal: AbortSignal.timeout(5000) }));
    found();
    if (report.state !== state) {
      await refreshParts(location.href, ["outcome", "path"]);
      state = report.state;
      live.textContent = `Experiment ${state}. ${document.querySelector(".result .sentence")?.textContent ?? ""}`;
    }
    if (ENDED.includes(state)) return;
    document.getElementById("done").textContent = report.progress.done;
    document.getElementById("bar").value = report.progress.done;
  } catch (error) {
    tell(error);
    wait = AGAIN;
  }
  setTimeout(follow, wait);
}

if (form.dataset.follow) setTimeout(follow, EVERY);
