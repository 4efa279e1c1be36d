// Shows why the dashboard, or a part that it needs, does not answer; or why it refused a request.
const place = document.getElementById("lost");

export function report(error) {
  const text = error.refused
    ? `Refused: ${sentence(error.message)}`
    : `Connection lost: ${sentence(away(error) ? "the dashboard does not answer" : error.message)} The page shows the last known state. Trying again …`;
  if (place.hidden || place.textContent !== text) place.textContent = text; // Setting it again would make a screen reader read it again.
  place.hidden = false;
}

export function clear() {
  place.hidden = true;
}

// No answer, or an answer from something else (a proxy) that is not JSON.
const away = (error) => error instanceof TypeError || error instanceof SyntaxError || error.name === "TimeoutError";

const sentence = (words) => `${words.replace(/\.$/, "")}.`;
