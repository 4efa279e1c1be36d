// Keeps what the nodes measure up to date while the page is looked at, and asks nothing while it is not.
import { found, tell } from "./lost.js";
import { refreshParts } from "./parts.js";

const EVERY = 3000;

async function look() {
  if (!document.hidden) {
    try {
      await refreshParts(location.href);
      found();
    } catch (error) {
      tell(error);
    }
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
