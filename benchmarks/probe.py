"""The probe effect: throughput of a measured worker over the same bare `celery worker`, on empty tasks.

Both run the workload `echo` (which does nothing) with the lab's settings, side by side and in turns: one has a window
while the other waits for tasks. Who goes first changes from pair to pair, and after two pairs both are started anew:
two processes of the very same program differ by more than the probe costs. So there are many starts, until the ratio's
interval is narrow or there were enough. Both are watched from outside, by the moments at which the results of the first
and of the last tasks of a filled queue are stored. Empty tasks are the worst case: the probe costs so much a task,
however long.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from benchmarks.bare import BareWorker, Endings, spec
from benchmarks.outcome import Bound, Outcome, Table, bounded, command, say
from services.analysis import intervals, precision
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

    #: How often both are started at least, and at most.
    starts: int
    most: int
    #: Half the width of the ratio's interval, over its median, from which on it is narrow.
    narrow: float
    #: Pairs of windows from start to start.
    pairs: int
    window: Seconds


FULL = Terms(starts=24, most=120, narrow=0.015, pairs=2, window=0.4)
QUICK = Terms(starts=1, most=1, narrow=0.0, pairs=2, window=0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Throughputs of one pool, pair by pair, and start by start."""

    measured: tuple[tuple[Rate, ...], ...]
    bare: tuple[tuple[Rate, ...], ...]

    @property
    def ratio(self) -> Interval:
        """Of measured over bare: the median over starts of the median over a start's pairs."""
        return intervals.median(
            [
                intervals.median([one / other for one, other in zip(measured, bare, strict=True)]).median
                for measured, bare in zip(self.measured, self.bare, strict=True)
            ]
        )


#: Throughput of a window of so many tasks.
Window: TypeAlias = Callable[[int], Rate]


class Turns:
    """Starts workers of one pool."""

    def __init__(self, model: Model, redis_url: str) -> None:
        self._model = model
        self._redis_url = redis_url
        self._queues = Queues(connect(redis_url))
        self._turn = 0

    @contextmanager
    def bare(self) -> Iterator[Window]:
        """A worker without the probe."""
        told = self._spec()
        with closing(BareWorker(told, self._redis_url)) as worker:
            with Endings(self._redis_url, worker.prefix, worker.send(told.trial.cell.concurrency)) as ready:
                worker.start()
                ready.wait()
            yield partial(self._rate, worker, told)

    @contextmanager
    def measured(self) -> Iterator[Window]:
        """A worker as the lab starts it."""
        told = self._spec()
        with closing(Rig(told, redis_url=self._redis_url, queues=self._queues)) as rig:
            rig.warm(told.trial.cell.concurrency)
            yield partial(self._rate, rig, told)

    def _rate(self, worker: BareWorker | Rig, told: TrialSpec, tasks: int) -> Rate:
        """Tasks over the time between the first result and the last."""
        names = worker.fill(tasks)
        last = names[-2 * told.trial.cell.concurrency :]
        with Endings(self._redis_url, keys.measured(told.attempt, told.share), (names[0], *last)) as endings:
            worker.open()
            ended = endings.wait()
        return (tasks - 1) / (max(ended[name] for name in last) - ended[names[0]])

    def _spec(self) -> TrialSpec:
        self._turn += 1
        return spec(echo.name, self._model, SLOTS, f"probe-{self._model}-{self._turn}")


def compare(model: Model, redis_url: str, terms: Terms) -> Pairs:
    """Bare and measured in turns."""
    turns = Turns(model, redis_url)
    pairs = Pairs(measured=(), bare=())
    while (starts := len(pairs.bare)) < terms.most:
        if starts >= terms.starts and _narrow(pairs, terms):
            break
        with ExitStack() as held:
            # Who is started first changes, too.
            if starts % 2:
                one, other = held.enter_context(turns.bare()), held.enter_context(turns.measured())
            else:
                other, one = held.enter_context(turns.measured()), held.enter_context(turns.bare())
            other(WARM_UP)
            tasks = round(one(WARM_UP) * terms.window)
            found: dict[Window, list[Rate]] = {one: [], other: []}
            for pair in range(terms.pairs):
                for side in (one, other) if pair % 2 else (other, one):
                    found[side].append(side(tasks))
        pairs = Pairs(measured=(*pairs.measured, tuple(found[other])), bare=(*pairs.bare, tuple(found[one])))
        say(f"{model}: {bounded(pairs.ratio)} after {starts + 1} of at most {terms.most} starts")
    return pairs


def measure(quick: bool) -> Outcome:
    """All pools."""
    terms = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "store") as server:
        pools = {model: compare(model, server.url, terms) for model in Model}
    wide = [model.value for model, pairs in pools.items() if not _narrow(pairs, terms)]
    rows = tuple(
        (
            model.value,
            f"{_typical(pairs.bare):.0f}/s",
            f"{_typical(pairs.measured):.0f}/s",
            bounded(pairs.ratio),
            str(len(pairs.bare)),
        )
        for model, pairs in pools.items()
    )
    return Outcome(
        tables=(Table(headings=("model", "bare", "measured", "measured / bare", "starts"), rows=rows),),
        notes=(
            f"Medians over starts of {terms.pairs} pairs each, with their 95 % intervals.",
            f"Not narrow (±{terms.narrow:.1%}) after {terms.most} starts: {', '.join(wide) or 'none'}.",
        ),
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


def _narrow(pairs: Pairs, terms: Terms) -> bool:
    width = precision.half_width(pairs.ratio)
    return width is not None and width <= terms.narrow


def _typical(starts: tuple[tuple[Rate, ...], ...]) -> Rate:
    return intervals.median([rate for rates in starts for rate in rates]).median


if __name__ == "__main__":
    command("probe", __doc__ or "", measure)
