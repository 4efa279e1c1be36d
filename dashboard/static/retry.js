// On the page that says a part of the lab is away: looks for it, and shows what was asked for once it is back.
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
    // Away as well; the next look will tell.
  }
  setTimeout(look, AGAIN);
}

setTimeout(look, AGAIN);
