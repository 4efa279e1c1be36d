// Updates the parameters with the workload, and shows the size of the experiment while the form is filled in.
import { refreshParts } from "./parts.js";

const form = document.querySelector("form[data-plan]");
const planned = document.getElementById("planned");
let asked = 0;

async function plan() {
  const turn = ++asked;
  try {
    const response = await fetch(form.dataset.plan, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const body = await response.json();
    if (turn !== asked) return;
    if (response.ok) show(body.lines, body.confirm);
    else show([refused(body.error)], "");
  } catch {
    if (turn === asked) show(["The dashboard does not answer, so the size of the experiment is unknown."], "");
  }
}

// `confirm` is a warning about memory; it stands out.
function show(lines, confirm) {
  const paragraph = (text, look = "") => Object.assign(document.createElement("p"), { textContent: text, className: look });
  planned.replaceChildren(...lines.map((line) => paragraph(line)), ...(confirm ? [paragraph(confirm, "notice")] : []));
}

function refused({ message, problems }) {
  const words = problems.map(({ field, allowed }) => `${field.replace(/^params\./, "").replace(/\.\d+$/, "")} ${allowed}`);
  return `Needs attention: ${words.join("; ") || message.replace(/\.$/, "")}.`;
}

function soon() {
  clearTimeout(soon.timer);
  soon.timer = setTimeout(plan, 200);
}

for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

form.addEventListener("input", soon);
form.elements.workload.addEventListener("change", async ({ target }) => {
  try {
    await refreshParts(`${location.pathname}?${new URLSearchParams({ workload: target.value })}`, ["parameters"]);
  } catch {
    location.search = new URLSearchParams({ workload: target.value });
  }
  soon();
});
