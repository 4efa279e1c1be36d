"""The probe effect: throughput of a measured worker over the same bare `celery worker`, on empty tasks.

Both run the workload `echo` (which does nothing) with the lab's settings, in turns on fresh processes; who goes first
changes from pair to pair. Both are watched from outside, by the moments at which the results of the first and of the
last tasks of a filled queue are stored. Empty tasks are the worst case: the probe costs so much a task, however long.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bare import BareWorker, Endings, spec
from benchmarks.outcome import Bound, Outcome, Table, bounded, command, say
from services.analysis import intervals
from services.core.experiment import Model
from services.core.summary import Interval
from services.core.trial import TrialSpec
from services.core.units import Rate, Seconds
from services.node.rig import Rig
from services.store import keys
from services.store.connection import connect
from services.store.queues import Queues
from services.store.server import EmbeddedServer
from workloads.builtin.messaging import echo

LEAST = 0.97
SLOTS = 2
#: Run before the window, so that neither side is measured while it loads what it needs.
WARM_UP = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How much is measured."""

    pairs: int
    window: Seconds


FULL, QUICK = Terms(pairs=12, window=2.0), Terms(pairs=2, window=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Throughputs of one pool, pair by pair."""

    measured: tuple[Rate, ...]
    bare: tuple[Rate, ...]

    @property
    def ratio(self) -> Interval:
        """Of measured over bare, paired."""
        return intervals.ratio(dict(enumerate(self.measured)), dict(enumerate(self.bare)))


class Turns:
    """Measures one pool, one fresh worker after another."""

    def __init__(self, model: Model, redis_url: str) -> None:
        self._model = model
        self._redis_url = redis_url
        self._queues = Queues(connect(redis_url))
        self._turn = 0

    def bare(self, tasks: int) -> Rate:
        """Of a worker without the probe."""
        told = self._spec()
        worker = BareWorker(told, self._redis_url)
        with closing(worker):
            with Endings(self._redis_url, worker.prefix, worker.send(told.trial.cell.concurrency)) as ready:
                worker.start()
                ready.wait()
            return self._rate(worker, told, tasks)

    def measured(self, tasks: int) -> Rate:
        """Of a worker as the lab starts it."""
        told = self._spec()
        with closing(Rig(told, redis_url=self._redis_url, queues=self._queues)) as rig:
            rig.warm(told.trial.cell.concurrency)
            return self._rate(rig, told, tasks)

    def _rate(self, worker: BareWorker | Rig, told: TrialSpec, tasks: int) -> Rate:
        """Of the second of two queues: tasks over the time between the first result and the last."""
        rate: Rate = 0.0
        for count in (WARM_UP, tasks):
            names = worker.fill(count)
            last = names[-2 * told.trial.cell.concurrency :]
            with Endings(self._redis_url, keys.measured(told.attempt, told.share), (names[0], *last)) as endings:
                worker.open()
                ended = endings.wait()
            rate = (count - 1) / (max(ended[name] for name in last) - ended[names[0]])
        return rate

    def _spec(self) -> TrialSpec:
        self._turn += 1
        return spec(echo.name, self._model, SLOTS, f"probe-{self._model}-{self._turn}")


def compare(model: Model, redis_url: str, terms: Terms) -> Pairs:
    """Bare and measured in turns."""
    turns = Turns(model, redis_url)
    tasks = round(turns.bare(WARM_UP) * terms.window)
    bare: list[Rate] = []
    measured: list[Rate] = []
    for pair in range(terms.pairs):
        sides = [(turns.bare, bare), (turns.measured, measured)]
        for side, rates in sides if pair % 2 else reversed(sides):
            rates.append(side(tasks))
        say(f"{model} {pair + 1}/{terms.pairs}: {measured[-1]:.0f} over {bare[-1]:.0f} tasks/s")
    return Pairs(measured=tuple(measured), bare=tuple(bare))


def measure(quick: bool) -> Outcome:
    """All pools."""
    terms = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "store") as server:
        pools = {model: compare(model, server.url, terms) for model in Model}
    rows = tuple(
        (
            model.value,
            f"{intervals.median(pairs.bare).median:.0f}/s",
            f"{intervals.median(pairs.measured).median:.0f}/s",
            bounded(pairs.ratio),
        )
        for model, pairs in pools.items()
    )
    return Outcome(
        tables=(Table(headings=("model", "bare", "measured", "measured / bare"), rows=rows),),
        notes=(f"Medians of {terms.pairs} pairs with 95 % intervals of the paired ratio.",),
        bounds=tuple(
            Bound(
                claim=f"{model}: median ratio at least {LEAST}",
                found=f"{pairs.ratio.median:.3f}",
                holds=pairs.ratio.median >= LEAST,
            )
            for model, pairs in pools.items()
        ),
        figures={model: {"ratio": pairs.ratio, "pairs": pairs} for model, pairs in pools.items()},
    )


if __name__ == "__main__":
    command("probe", __doc__ or "", measure)
