// Says that the dashboard, or what it needs, does not answer, for as long as that is so.
const place = document.getElementById("lost");

export function tell(error) {
  const words = error instanceof TypeError || error.name === "TimeoutError" ? "the dashboard does not answer" : error.message;
  const text = `Connection lost: ${words.replace(/\.$/, "")}. What you see is the last that was known; trying again …`;
  if (place.hidden || place.textContent !== text) place.textContent = text; // Said anew, it would be read out anew.
  place.hidden = false;
}

export function found() {
  place.hidden = true;
}
