// Animates the pictures of the guide. The server computes the schedule; this script uncovers it over time, and fetches a
// new picture when a number changes.
const LASTS = 7000; // milliseconds of real time for the longest picture
const FRAME = 50; // 20 frames per second are smooth enough and leave the CPU to a measurement

export function movePictures(form) {
  const play = document.getElementById("play");
  const wrong = document.getElementById("knobs-wrong");
  const held = document.getElementById("held");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let moment = Infinity; // of the simulation, in its milliseconds; Infinity shows everything
  let last = 0;
  let timer = 0;
  let asked = 0;

  const pictures = () => [...document.querySelectorAll("[data-picture] .picture")];
  const span = () => Math.max(...pictures().map((one) => Number(one.dataset.span)));

  function draw() {
    for (const picture of pictures()) uncover(picture, moment);
    const working = moment < span();
    for (const node of document.querySelectorAll(".structure [data-computing]")) {
      node.classList.toggle("lit", working && during(node.dataset.computing, moment));
      node.classList.toggle("waits", working && during(node.dataset.waiting, moment));
    }
  }

  function label() {
    play.textContent = timer ? "Pause" : moment < span() ? "Continue" : "Play";
  }

  function tick() {
    const now = performance.now();
    moment += ((now - last) * span()) / LASTS;
    last = now;
    draw();
    if (moment >= span()) stop();
  }

  function start() {
    if (moment >= span()) moment = 0;
    last = performance.now();
    clearInterval(timer);
    timer = setInterval(tick, FRAME);
    label();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    label();
  }

  async function redraw() {
    const turn = ++asked;
    const wanted = new URLSearchParams(new FormData(form));
    try {
      const response = await fetch(`${form.dataset.pictures}?${wanted}`, { signal: AbortSignal.timeout(5000) });
      const body = await response.json();
      if (turn !== asked) return;
      if (response.ok) show(body.pictures, wanted);
      complain(response.ok ? [] : body.error.problems, body.error?.message);
    } catch {
      if (turn === asked) complain([], "The dashboard does not answer, so the pictures show the last numbers.");
    }
  }

  function show(fresh, wanted) {
    for (const place of document.querySelectorAll("[data-picture]")) place.innerHTML = fresh[place.dataset.picture];
    history.replaceState(null, "", `?${wanted}${location.hash}`);
    moment = Infinity;
    if (!still.matches && held.hidden) start();
    else stop();
    draw();
  }

  function complain(problems, message = "") {
    for (const field of form.elements) {
      if (problems.some((one) => one.field === field.name)) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    wrong.textContent = problems.length ? problems.map((one) => `${one.field} ${one.allowed}`).join("; ") : message;
    wrong.hidden = !wrong.textContent;
  }

  function soon() {
    clearTimeout(soon.timer);
    soon.timer = setTimeout(redraw, 200);
  }

  function hold(measuring) {
    // Only once: after that a reader can still press Play.
    if (measuring && held.hidden) stop();
    held.hidden = !measuring;
  }

  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  play.hidden = false;
  label();
  play.addEventListener("click", () => (timer ? stop() : start()));
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    redraw();
  });
  document.addEventListener("visibilitychange", () => document.hidden && timer && stop());
  still.addEventListener("change", () => still.matches && stop());
  // Typed before this script ran, or kept by the browser from an earlier visit.
  if ([...form.elements].some(changed)) redraw();
  startWhenSeen(document.querySelector("[data-picture]"), () => {
    if (!still.matches && held.hidden) start();
  });
  return { hold };
}

function changed(field) {
  if (field.options) return !field.selectedOptions[0]?.defaultSelected && field.selectedIndex > 0;
  return field.type === "number" && field.value !== field.defaultValue;
}

function uncover(picture, moment) {
  const { span, left, right } = picture.dataset;
  const whole = moment >= Number(span);
  const x = Number(left) + ((Number(right) - Number(left)) * Math.min(moment, Number(span))) / Number(span);
  picture.querySelector(".past").setAttribute("width", whole ? picture.viewBox.baseVal.width : x);
  const hand = picture.querySelector(".hand");
  hand.setAttribute("visibility", whole ? "hidden" : "visible");
  hand.setAttribute("x1", x);
  hand.setAttribute("x2", x);
  for (const task of picture.querySelectorAll(".task")) {
    const done = moment >= Number(task.dataset.done);
    task.setAttribute("class", `task ${done ? "done" : moment >= Number(task.dataset.taken) ? "taken" : "queued"}`);
  }
}

// Whether a moment lies in one of the spans of `0-5 10-15`.
function during(spans, moment) {
  return spans.split(" ").some((one) => {
    const [start, end] = one.split("-").map(Number);
    return moment >= start && moment < end;
  });
}

function startWhenSeen(place, begin) {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    begin();
  }, { threshold: 0.3 });
  watch.observe(place);
}
