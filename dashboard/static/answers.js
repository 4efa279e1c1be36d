// What pages that follow something have in common: how long they wait, what has ended, and what an answer says.
export const EVERY = 1000;
export const SELDOM = 3000;
// After something went wrong.
export const AGAIN = 3000;

export const OPEN = ["queued", "running"];
export const ENDED = ["finished", "failed", "cancelled", "ended as intended"];

// Between two looks: a page that nobody sees looks less often.
export const pause = () => (document.hidden ? 5 * EVERY : EVERY);

// The body of an answer. Throws what the dashboard said instead; `refused` where it is there and does not want to.
export async function answered(response) {
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.error.message), { refused: response.status < 500 });
  return body;
}
