// Fetches a page anew and puts its parts (elements with data-part) in place of those on screen: one template serves both.
import { localise } from "./times.js";

export async function refreshParts(address, names = null) {
  const response = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(10_000) });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const name = part.dataset.part;
    const found = fresh.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (found && (!names || names.includes(name))) {
      localise(found);
      for (const open of part.querySelectorAll("details[id][open]")) {
        found.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
      }
      part.replaceChildren(...found.childNodes);
    }
  }
}
