// Keeps the list of nodes up to date while the page is visible.
import { SELDOM } from "./answers.js";
import { clear, report } from "./lost.js";
import { refreshParts } from "./parts.js";

async function look() {
  if (!document.hidden) {
    try {
      await refreshParts(location.href);
      clear();
    } catch (error) {
      report(error);
    }
  }
  setTimeout(look, SELDOM);
}

setTimeout(look, SELDOM);
