// Measures claims without leaving the page, and follows them: asks once a second, and only while something runs.
import { refreshParts } from "./parts.js";

const EVERY = 1000;
const AGAIN = 3000;
const OPEN = ["queued", "running"];

const live = document.getElementById("live");
const lost = document.getElementById("lost");

export function followClaims({ measuring }) {
  const known = new Map(
    [...document.querySelectorAll("[data-claim]")].map((part) => [part.dataset.claim, part.dataset.state]),
  );
  const wanted = new Set();
  let timer = 0;

  const underWay = () => [...known.values()].some((state) => OPEN.includes(state));

  async function follow() {
    clearTimeout(timer);
    let wait = document.hidden ? 5 * EVERY : EVERY;
    try {
      const { claims } = await answered(await fetch("/api/v1/claims", { signal: AbortSignal.timeout(10_000) }));
      const changed = claims.filter((one) => (one.state ?? "") !== known.get(one.claim.name));
      for (const one of claims) known.set(one.claim.name, one.state ?? "");
      if (changed.length) {
        await refresh(["first", "missing", "latest", ...changed.map((one) => `claim-${one.claim.name}`)]);
        announce(changed);
      }
      count(claims);
      lost.hidden = true;
    } catch (error) {
      tell(error);
      wait = AGAIN;
    }
    measuring(underWay());
    timer = underWay() || !lost.hidden ? setTimeout(follow, wait) : 0;
  }

  async function measure(form) {
    const addresses = form.dataset.measure.split(" ").filter(Boolean);
    const button = form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    measuring(true);
    live.textContent = `Asked to measure: ${form.dataset.says}`;
    try {
      for (const address of addresses) {
        await answered(await fetch(address, { method: "POST", signal: AbortSignal.timeout(10_000) }));
        wanted.add(address.split("/").at(-2));
      }
      await follow();
    } catch (error) {
      tell(error);
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
    live.textContent = `${mine.claim.says} ${capital(mine.judged.standing)}. ${mine.judged.found}${along}`;
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

async function answered(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}

// A part that is replaced takes the focus with it: the new one gets it back.
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

function tell(error) {
  const away = error instanceof TypeError || error instanceof SyntaxError || error.name === "TimeoutError";
  const words = away ? "the dashboard does not answer" : error.message;
  lost.textContent = `Not as it should be: ${words.replace(/\.$/, "")}. Trying again …`;
  lost.hidden = false;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
