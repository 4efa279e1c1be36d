// Fetches a page again and replaces its parts (elements with data-part): one template serves both.
import { localise } from "./times.js";

const REACHED = "a, button, summary, input, select, [tabindex]";

// Returns the fresh page. Throws if the dashboard does not answer, or answers with an error.
export async function refreshParts(address, names = null) {
  const response = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(10_000) });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok && !fresh.querySelector("[data-part]")) throw new Error(reason(fresh, response));
  for (const part of document.querySelectorAll("[data-part]")) {
    const name = part.dataset.part;
    const found = fresh.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (found && (!names || names.includes(name))) put(found, part);
  }
  return fresh;
}

// Keeps opened details open, the scroll position, and the keyboard focus.
function put(found, part) {
  localise(found);
  for (const open of part.querySelectorAll("details[id][open]")) {
    found.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  if (found.innerHTML === part.innerHTML) return;
  const scrolled = [...part.querySelectorAll(".scroll")].map(({ scrollLeft, scrollTop }) => ({ scrollLeft, scrollTop }));
  const focused = [...part.querySelectorAll(REACHED)].indexOf(document.activeElement);
  const { scrollLeft, scrollTop } = part;
  part.replaceChildren(...found.childNodes);
  Object.assign(part, { scrollLeft, scrollTop });
  part.querySelectorAll(".scroll").forEach((box, at) => Object.assign(box, scrolled[at]));
  if (focused >= 0) part.querySelectorAll(REACHED)[focused]?.focus({ preventScroll: true });
}

function reason(page, response) {
  const words = page.querySelector("main .lead")?.textContent.trim();
  return words || `the dashboard answered with ${response.status}`;
}
