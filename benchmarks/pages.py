"""Measure the page of an experiment of 100 trials: server time, and time until its charts are on screen.

The store and the dashboard are real ones. A trial is summarised once from made-up spans, and then varied. Charts are
looked for by Chromium, if it is there: from the beginning of the navigation until every chart in the window is drawn.
A first visit loads plotly.js; later visits have it in the browser's cache.

Each pair of requests follows a change of the stored experiment: only the first one computes the statistics again.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.outcome import BenchmarkResult, Bound, TextTable, command, say
from benchmarks.synthetic import node_trial, span_table
from services.analysis.trial.merging import summarise
from services.analysis.trial.spans import pack
from services.analysis.trial.timeline import timeline
from services.core.codec import to_json
from services.core.environment import Node
from services.core.experiment import Effort, Experiment, Plan, Record, State
from services.core.models import Model
from services.core.timeline import Timeline
from services.core.trial import TrialResult
from services.core.units import Seconds
from services.node import fingerprint
from services.planning import grid
from services.process.child import Child
from services.store import keys
from services.store.connection import Client, connect
from services.store.experiments import Experiments
from services.store.server import EmbeddedServer

ID = "0123abcd"
SPANS = 2_000
REQUESTS, QUICK_REQUESTS = 100, 10
VISITS, QUICK_VISITS = 9, 3
#: Bounds that the lab claims to keep: for the first request after a change, and for the next one.
MOST_CHANGED: Seconds = 0.050
MOST_KNOWN: Seconds = 0.010
MOST_DRAWN: Seconds = 1.0
#: Time limits for the dashboard to answer and for a chart to be drawn.
PATIENCE: Seconds = 60.0
WINDOW = (1280, 900)
PAGE = f"/experiments/{ID}"
ADDRESSES = (PAGE, f"{PAGE}/figures.json")
#: Where the charts begin: a reader's eyes, without the verdict above them.
CHARTS = f"{PAGE}#figure-throughput"
#: Notes when every chart in the window has its traces. `performance.now()` begins with the navigation.
WATCH = """
new MutationObserver((_, observer) => {
    const inside = [...document.querySelectorAll("[data-chart]")].filter((chart) => {
        const { top, bottom, height } = chart.getBoundingClientRect();
        return height && bottom > 0 && top < innerHeight;
    });
    if (inside.length && inside.every((chart) => chart.querySelector(".scatterlayer .trace, .barlayer .trace"))) {
        window.drawn = performance.now();
        observer.disconnect();
    }
}).observe(document, { childList: true, subtree: true });
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One address, requested many times."""

    address: str
    size: int
    #: Of the first requests after a change, and of the requests that followed them.
    changed: tuple[Seconds, ...]
    known: tuple[Seconds, ...]


def asked() -> Experiment:
    """Return an experiment of 25 cells and 4 repeats: 100 trials."""
    return Experiment(
        id=ID,
        created=time.time(),
        workload="primes",
        params={"limit": 20_000},
        models=tuple(Model),
        concurrency=(1, 2, 4, 8, 16, 32, 64, 128),
        replicas=(1,),
        repeats=4,
        effort=Effort.QUICK,
        seed=1,
    )


def results(plan: Plan) -> Iterator[tuple[TrialResult, Timeline]]:
    """Yield a finished trial for each of the plan: throughput follows the USL, and everything else is equal."""
    share = node_trial(pack(span_table(SPANS, seed=1)), SPANS)
    tasks, noise = timeline([share]), random.Random(1)
    for trial in plan.trials:
        result = summarise(trial, [share], elapsed=2.0)
        if result.figures is None:
            raise RuntimeError(f"the synthetic trial failed: {result.failure}")
        slots = trial.cell.concurrency if trial.cell.model is Model.PREFORK else 1
        rate = 200 * slots / (1 + 0.05 * (slots - 1) + 0.001 * slots * (slots - 1)) * noise.gauss(1, 0.01)
        yield replace(result, figures=replace(result.figures, throughput=rate)), tasks


def fill(ledger: Experiments) -> int:
    """Store the finished experiment, and return the number of its trials."""
    experiment = asked()
    plan = grid.plan(experiment, experiment.repeats)
    record = Record(
        experiment=experiment,
        state=State.FINISHED,
        blocks=experiment.repeats,
        total=len(plan.trials),
        started=experiment.created,
        ended=experiment.created + 240,
    )
    ledger.add(record, plan)
    for result, tasks in results(plan):
        ledger.save_trial(result, tasks)
    ledger.update(record)
    return len(plan.trials)


def changes(client: Client) -> Callable[[], None]:
    """Return a function that changes what is stored of the experiment: the figures of a trial, and its node."""
    machine, noise = fingerprint.take(ledger="valkey", broker=None), random.Random(2)
    ledger = Experiments(client)
    trials = [one for one in ledger.trials(ID) if one.figures is not None]

    def change() -> None:
        one = noise.choice(trials)
        if one.figures is not None:
            rate = one.figures.throughput * noise.gauss(1, 0.01)
            changed = replace(one, figures=replace(one.figures, throughput=rate))
            # The ledger keeps the first result of a trial; and it is read again when a node has changed.
            client.hset(keys.trials(ID), str(one.trial.index), to_json(changed))
        ledger.save_nodes(ID, (Node(name="synthetic", instance="1", fingerprint=machine, seen=time.time()),))

    return change


@contextmanager
def dashboard(redis_url: str, folder: Path) -> Iterator[str]:
    """Run a dashboard on a free port during the block; yield its host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    child = Child(
        "dashboard",
        [sys.executable, "-P", "-m", "dashboard"],
        log=folder / "dashboard.log",
        environ={**os.environ, "LAB_REDIS_URL": redis_url, "LAB_BIND": bind},
    )
    child.start()
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(bind):
            if child.ending() or time.monotonic() > deadline:
                raise RuntimeError(f"the dashboard does not answer: {child.last_words()}")
            time.sleep(0.05)
        yield bind
    finally:
        child.kill()


def serve(bind: str, address: str, count: int, change: Callable[[], None]) -> Served:
    """Request over one connection, as a browser does. The first pair is not counted: it compiles templates."""
    with closing(http.client.HTTPConnection(bind, timeout=PATIENCE)) as connection:
        pairs = []
        for _ in range(count + 1):
            change()
            pairs.append((_timed(connection, address), _timed(connection, address)))
    (_, size), _ = pairs[-1]
    changed, known = zip(*((first, second) for (first, _), (second, _) in pairs[1:]), strict=True)
    return Served(address=address, size=size, changed=changed, known=known)


def _timed(connection: http.client.HTTPConnection, address: str) -> tuple[Seconds, int]:
    """Return the time that a request took, and the size of its answer."""
    began = time.perf_counter()
    connection.request("GET", address)
    answer = connection.getresponse()
    size = len(answer.read())
    if answer.status != 200:
        raise RuntimeError(f"{address} was answered with {answer.status}")
    return time.perf_counter() - began, size


def visits(bind: str, profile: Path, chromium: str, count: int) -> tuple[Seconds, ...]:
    """Return the time of each visit of one browser with an empty profile, each in a tab of its own."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            headless=True,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            viewport={"width": WINDOW[0], "height": WINDOW[1]},
        )
        try:
            context.add_init_script(WATCH)
            return tuple(_visit(context, f"http://{bind}{CHARTS}") for _ in range(count))
        finally:
            context.close()


def measure(quick: bool) -> BenchmarkResult:
    """Measure the server first, then the browser: they would take CPU from each other."""
    chromium = shutil.which("chromium")
    requests, tabs = (QUICK_REQUESTS, QUICK_VISITS) if quick else (REQUESTS, VISITS)
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as name:
        folder = Path(name)
        with EmbeddedServer(folder / "store") as server, connect(server.url) as client:
            trials = fill(Experiments(client))
            change = changes(client)
            with dashboard(server.url, folder) as bind:
                served = tuple(serve(bind, address, requests, change) for address in ADDRESSES)
                if chromium is None:
                    say("no chromium: charts are not looked at")
                drawn = () if chromium is None else visits(bind, folder / "profile", chromium, tabs)
    return _outcome(trials, served, drawn)


def _outcome(trials: int, served: Sequence[Served], drawn: Sequence[Seconds]) -> BenchmarkResult:
    rows, bounds = [], []
    for one in served:
        address = one.address.replace(ID, "ID")
        for kind, took, most in (("changed", one.changed, MOST_CHANGED), ("known", one.known, MOST_KNOWN)):
            rows.append((f"{address}, {kind}", f"{one.size / 1000:.0f} kB", *_milliseconds(median(took), max(took))))
            bounds.append(
                Bound(
                    claim=f"{address}, {kind}, is answered within {most * 1000:.0f} ms (median)",
                    found=f"{median(took) * 1000:.1f} ms",
                    holds=median(took) <= most,
                )
            )
    if drawn:
        first, *later = drawn
        rows += [
            ("charts on screen, first visit", "", *_milliseconds(first, first)),
            ("charts on screen, later visits", "", *_milliseconds(median(later), max(later))),
        ]
        bounds.append(
            Bound(
                claim=f"charts are on screen within {MOST_DRAWN:g} s (median of later visits)",
                found=f"{median(later):.2f} s",
                holds=median(later) <= MOST_DRAWN,
            )
        )
    return BenchmarkResult(
        tables=(TextTable(headings=(f"{trials} trials", "size", "median", "largest"), rows=tuple(rows)),),
        bounds=tuple(bounds),
        figures={"trials": trials, "served": served, "drawn": drawn},
    )


def _milliseconds(*times: Seconds) -> tuple[str, ...]:
    return tuple(f"{one * 1000:.1f} ms" for one in times)


def _visit(context: BrowserContext, url: str) -> Seconds:
    page = context.new_page()
    try:
        page.goto(url)
        deadline = time.monotonic() + PATIENCE
        # Seldom: polling takes CPU from the measurement.
        while (drawn := page.evaluate("window.drawn ?? null")) is None:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no charts on {url} within {PATIENCE:g} s")
            time.sleep(0.2)
        return float(drawn) / 1000
    finally:
        page.close()


def _answers(bind: str) -> bool:
    connection = http.client.HTTPConnection(bind, timeout=2.0)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    command("pages", __doc__ or "", measure)
