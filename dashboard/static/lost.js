// Says that the dashboard, or what it needs, does not answer, for as long as that is so; or what it refused.
const place = document.getElementById("lost");

export function tell(error) {
  const text = error.refused
    ? `Refused: ${sentence(error.message)}`
    : `Connection lost: ${sentence(away(error) ? "the dashboard does not answer" : error.message)} What you see is the last that was known; trying again …`;
  if (place.hidden || place.textContent !== text) place.textContent = text; // Said anew, it would be read out anew.
  place.hidden = false;
}

export function found() {
  place.hidden = true;
}

// Nobody there, or something between that answers in its place, and not in JSON.
const away = (error) => error instanceof TypeError || error instanceof SyntaxError || error.name === "TimeoutError";

const sentence = (words) => `${words.replace(/\.$/, "")}.`;
