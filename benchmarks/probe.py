"""Measure the probe effect: throughput of a measured worker relative to a bare `celery worker`, on empty tasks.

All run the workload `echo` (which does nothing) with the lab's settings, side by side and in turns: one has a window
while the others wait for tasks. Two processes of the very same program differ by more than the probe costs, and one
that is started later is a little faster. So two of each kind are started together, in an order that gives neither the
better place, and this again until the ratio's interval is narrow or there were enough. All are watched from outside, by
the moments at which the results of the first and of the last tasks of a filled queue are stored. Empty tasks are the
worst case: the probe costs so much a task, however long.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import geometric_mean, median
from typing import Protocol, TypeAlias

from benchmarks.bare import BareWorker, Endings, spec
from benchmarks.outcome import BenchmarkResult, Bound, TextTable, bounded, command, say
from services.analysis.cells import intervals
from services.analysis.coverage import median_bounds
from services.broker.contract import Place
from services.broker.redis import RedisBroker, prefix
from services.core.models import Model
from services.core.summary import Interval
from services.core.trial import TrialSpec
from services.core.units import Rate, Seconds
from services.node.rig import Rig
from services.store.server import EmbeddedServer
from workloads.builtin.messaging import echo

LEAST = 0.97
SLOTS = 2
#: Run before the window, so that neither side is measured while it loads what it needs.
WARM_UP = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSize:
    """How much is measured."""

    #: Fewest and most starts of workers; even numbers.
    starts: int
    most: int
    #: Half-width of the ratio's interval relative to its median at which it counts as narrow.
    narrow: float
    #: Windows per worker.
    windows: int
    #: Approximate length of a window.
    window: Seconds


FULL = ProbeSize(starts=16, most=60, narrow=0.015, windows=2, window=0.4)
QUICK = ProbeSize(starts=2, most=2, narrow=0.015, windows=2, window=0.4)

#: Throughputs of the windows of one worker.
Windows: TypeAlias = tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Throughputs of two bare and two measured workers started together, each pair in the order of starting."""

    bare: tuple[Windows, Windows]
    measured: tuple[Windows, Windows]

    @property
    def ratio(self) -> float:
        """Of measured over bare."""
        return geometric_mean(sum(self.measured, ())) / geometric_mean(sum(self.bare, ()))

    @property
    def earlier(self) -> float:
        """Return the ratio of the worker that was started earlier to the later one of its kind."""
        return geometric_mean(self.bare[0] + self.measured[0]) / geometric_mean(self.bare[1] + self.measured[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStarts:
    """All starts of one pool; figures are medians over them."""

    starts: tuple[Start, ...] = ()

    @property
    def ratio(self) -> Interval:
        """Of measured over bare."""
        return intervals.median([start.ratio for start in self.starts])

    @property
    def earlier(self) -> Interval:
        """Of a worker started earlier over a later one of its kind: why the order matters."""
        return intervals.median([start.earlier for start in self.starts])

    @property
    def bare(self) -> Rate:
        """Return the throughput of a typical window."""
        return median(rate for start in self.starts for windows in start.bare for rate in windows)

    @property
    def measured(self) -> Rate:
        """Return the throughput of a typical window."""
        return median(rate for start in self.starts for windows in start.measured for rate in windows)

    def narrow(self, size: ProbeSize) -> bool:
        """Return whether the ratio's interval is narrow."""
        width = self.ratio.half_width
        return width is not None and width / self.ratio.estimate <= size.narrow


#: Measures the throughput of a window of this many tasks.
Window: TypeAlias = Callable[[int], Rate]


class Workers(Protocol):
    """Starts workers of one pool."""

    def bare(self) -> AbstractContextManager[Window]:
        """Return a worker without the probe."""

    def measured(self) -> AbstractContextManager[Window]:
        """Return a worker as the lab starts it."""


class RealWorkers:
    """Workers of one pool on a store."""

    def __init__(self, model: Model, redis_url: str) -> None:
        self._model = model
        self._redis_url = redis_url
        self._started = 0

    @contextmanager
    def bare(self) -> Iterator[Window]:
        spec = self._spec()
        with closing(BareWorker(spec, self._redis_url)) as worker:
            with Endings(self._redis_url, worker.prefix, worker.send(spec.trial.cell.concurrency), worker.id) as ready:
                worker.start()
                ready.wait()
            yield partial(self._rate, worker, spec)

    @contextmanager
    def measured(self) -> Iterator[Window]:
        spec = self._spec()
        with closing(Rig(spec, broker=RedisBroker(self._redis_url))) as rig:
            rig.warm(spec.trial.cell.concurrency)
            yield partial(self._rate, rig, spec)

    def _rate(self, worker: BareWorker | Rig, spec: TrialSpec, tasks: int) -> Rate:
        """Return the tasks per second between the first result and the last."""
        names = worker.fill(tasks)
        last = names[-2 * spec.trial.cell.concurrency :]
        place = Place(attempt=spec.attempt, share=spec.share)
        with Endings(self._redis_url, prefix(place), (names[0], *last), worker.id) as endings:
            worker.open()
            ended = endings.wait()
        return (tasks - 1) / (max(ended[name] for name in last) - ended[names[0]])

    def _spec(self) -> TrialSpec:
        self._started += 1
        return spec(echo.name, self._model, SLOTS, f"probe-{self._model}-{self._started}")


def compare(model: Model, workers: Workers, size: ProbeSize) -> PoolStarts:
    """Measure bare and measured workers in turns, each order equally often."""
    found = PoolStarts()
    while (starts := len(found.starts)) < size.most and not (starts >= size.starts and found.narrow(size)):
        both = (_start(workers, size, measured_first=first) for first in (False, True))
        found = PoolStarts(starts=(*found.starts, *both))
        say(f"{model}: {bounded(found.ratio)} after {starts + 2} of at most {size.most} starts")
    return found


def _start(workers: Workers, size: ProbeSize, *, measured_first: bool) -> Start:
    outer, inner = (workers.measured, workers.bare) if measured_first else (workers.bare, workers.measured)
    with ExitStack() as held:
        started = [held.enter_context(kind()) for kind in (outer, inner, inner, outer)]
        warm = [worker(WARM_UP) for worker in started]
        tasks = round(geometric_mean(warm) * size.window)
        rates: list[list[Rate]] = [[] for _ in started]
        for window in range(size.windows):
            for place in reversed(range(len(started))) if window % 2 else range(len(started)):
                rates[place].append(started[place](tasks))
    first, second, third, fourth = map(tuple, rates)
    if measured_first:
        return Start(measured=(first, fourth), bare=(second, third))
    return Start(bare=(first, fourth), measured=(second, third))


def measure(quick: bool) -> BenchmarkResult:
    """Measure all pools."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "store") as server:
        pools = {model: compare(model, RealWorkers(model, server.url), size) for model in Model}
    wide = [model.value for model, pool in pools.items() if not pool.narrow(size)]
    rows = tuple(
        (
            model.value,
            f"{pool.bare:.0f}/s",
            f"{pool.measured:.0f}/s",
            bounded(pool.ratio),
            bounded(pool.earlier),
            str(len(pool.starts)),
        )
        for model, pool in pools.items()
    )
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("model", "bare", "measured", "measured / bare", "earlier / later", "starts"), rows=rows
            ),
        ),
        notes=(
            f"Ratios are medians over starts; bounds: {median_bounds(len(pool.starts) for pool in pools.values())}.",
            "A start has two bare and two measured workers "
            f"of {size.windows} windows each; earlier / later is of two workers of one kind, by when they started.",
            f"There are starts until the ratio's interval is within ±{size.narrow:.1%} of it, {size.most} at most; "
            f"wider after that: {', '.join(wide) or 'none'}.",
        ),
        bounds=tuple(
            Bound(
                claim=f"{model}: median ratio at least {LEAST}",
                found=bounded(pool.ratio),
                holds=pool.ratio.estimate >= LEAST,
            )
            for model, pool in pools.items()
        ),
        figures={
            model: {"ratio": pool.ratio, "earlier": pool.earlier, "starts": pool.starts}
            for model, pool in pools.items()
        },
    )


if __name__ == "__main__":
    command("probe", __doc__ or "", measure)
