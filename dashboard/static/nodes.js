// Keeps what the nodes measure up to date while the page is looked at, and asks nothing while it is not.
import { SELDOM } from "./answers.js";
import { found, tell } from "./lost.js";
import { refreshParts } from "./parts.js";

async function look() {
  if (!document.hidden) {
    try {
      await refreshParts(location.href);
      found();
    } catch (error) {
      tell(error);
    }
  }
  setTimeout(look, SELDOM);
}

setTimeout(look, SELDOM);
