// Measures claims without leaving the page and follows them: polls once per second while something runs.
import { AGAIN, EVERY, OPEN, answered, pause } from "./answers.js";
import { clear, report } from "./lost.js";
import { refreshParts } from "./parts.js";

const live = document.getElementById("live");

export function followClaims({ measuring }) {
  const known = new Map(
    [...document.querySelectorAll("[data-claim]")].map((part) => [part.dataset.claim, part.dataset.state]),
  );
  const wanted = new Set();
  let timer = 0;

  const underWay = () => [...known.values()].some((state) => OPEN.includes(state));

  async function follow() {
    clearTimeout(timer);
    let wait = pause();
    let failed = false;
    try {
      const { claims } = await answered(await fetch("/api/v1/claims", { signal: AbortSignal.timeout(10_000) }));
      const changed = claims.filter((one) => (one.state ?? "") !== known.get(one.claim.name));
      if (changed.length) {
        await refresh(["first", "missing", "latest", ...changed.map((one) => `claim-${one.claim.name}`)]);
        // Only now: a change that could not be shown counts again at the next poll.
        for (const one of claims) known.set(one.claim.name, one.state ?? "");
        announce(changed);
      }
      count(claims);
      clear();
    } catch (error) {
      report(error);
      failed = true;
      wait = AGAIN;
    }
    measuring(underWay());
    timer = underWay() || failed ? setTimeout(follow, wait) : 0;
  }

  async function measure(form) {
    const address = form.dataset.measure;
    const button = form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    measuring(true);
    live.textContent = `Measurement requested: ${form.dataset.statement}`;
    try {
      await answered(await fetch(address, { method: "POST", signal: AbortSignal.timeout(10_000) }));
      wanted.add(address.split("/").at(-2));
      await follow();
    } catch (error) {
      report(error);
      timer = setTimeout(follow, AGAIN);
    }
    button.removeAttribute("aria-disabled");
  }

  function announce(changed) {
    const ended = changed.filter((one) => !OPEN.includes(one.state));
    const [mine] = ended.filter((one) => wanted.delete(one.claim.name));
    if (!mine) return;
    const rest = ended.length - 1;
    const along = rest ? ` ${rest} other ${rest === 1 ? "claim was" : "claims were"} measured along with it.` : "";
    live.textContent = `${mine.claim.statement} ${capital(mine.judged.standing)}. ${mine.judged.result}${along}`;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-measure]");
    if (!form) return;
    event.preventDefault();
    if (!form.querySelector("[aria-disabled]")) measure(form);
  });
  measuring(underWay());
  if (underWay()) timer = setTimeout(follow, EVERY);
}

// Replacing a part removes the focus from it; the new part gets it back.
async function refresh(names) {
  const within = document.activeElement?.closest("[data-part]");
  await refreshParts("/", names);
  if (within && document.activeElement === document.body) within.focus({ preventScroll: true });
}

function count(claims) {
  for (const { claim, progress } of claims) {
    if (!progress) continue;
    for (const bar of document.querySelectorAll(`[data-progress="${CSS.escape(claim.name)}"]`)) {
      bar.value = progress.done;
      bar.max = progress.total;
    }
    for (const text of document.querySelectorAll(`[data-done="${CSS.escape(claim.name)}"]`)) text.textContent = progress.done;
  }
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
