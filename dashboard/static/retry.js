// On the page that reports a missing part of the lab: polls until it is back, and then shows the requested page.
import { AGAIN } from "./answers.js";

const note = document.querySelector("[data-retry]");
const again = document.querySelector(".actions a");

async function look() {
  try {
    const response = await fetch(note.dataset.retry, { signal: AbortSignal.timeout(5000) });
    if (response.ok) {
      location.replace(again.href);
      return;
    }
  } catch {
    // The dashboard is away as well; the next poll decides.
  }
  setTimeout(look, AGAIN);
}

setTimeout(look, AGAIN);
