// At the end of a path: updates the parameters with the workload, and follows the experiment that tests the path.
import { AGAIN, ENDED, EVERY, answered, pause } from "./answers.js";
import { clear, report } from "./lost.js";
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
// Selected before this script ran, or kept by the browser from an earlier visit.
if (form.elements.workload.value !== form.dataset.workload) swap();

async function follow() {
  let wait = pause();
  try {
    const fresh = await answered(await fetch(form.dataset.follow, { signal: AbortSignal.timeout(5000) }));
    clear();
    if (fresh.state !== state) {
      await refreshParts(location.href, ["outcome", "path"]);
      state = fresh.state;
      live.textContent = `Experiment ${state}. ${document.querySelector(".result .sentence")?.textContent ?? ""}`;
    }
    if (ENDED.includes(state)) return;
    document.getElementById("done").textContent = fresh.progress.done;
    document.getElementById("bar").value = fresh.progress.done;
  } catch (error) {
    report(error);
    wait = AGAIN;
  }
  setTimeout(follow, wait);
}

if (form.dataset.follow) setTimeout(follow, EVERY);
