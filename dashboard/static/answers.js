// Shared by pages that follow something: intervals, the states that have ended, and how to read an answer.
export const EVERY = 1000;
export const SELDOM = 3000;
// After an error.
export const AGAIN = 3000;

export const OPEN = ["queued", "running"];
export const ENDED = ["finished", "failed", "cancelled", "ended as intended"];

// The pause between two requests: longer while the page is hidden.
export const pause = () => (document.hidden ? 5 * EVERY : EVERY);

// Returns the body of an answer. Throws the message of an error; `refused` is true if the dashboard refused the request.
export async function answered(response) {
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.error.message), { refused: response.status < 500 });
  return body;
}
