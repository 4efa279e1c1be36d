"""Measure the false-positive rate among eight equal cells, and the power for one slowed by 10 %.

A pair of cells cannot show this: the more cells an experiment has, the more pairs there are in which chance can look
like a difference. Each live experiment has eight equal cells and a ninth whose tasks take about 10 % longer. Judged
twice: the eight alone, and seven of them with the ninth. Live experiments are few, so many more are made of their
trials: neighbouring blocks in other orders, the equal cells of each block changing places at random.
"""

from __future__ import annotations

from functools import partial

from benchmarks.lineups import (
    LineUp,
    RunSize,
    at_least,
    at_most,
    figures,
    findings,
    live,
    note,
    resampled,
    run,
    table,
    with_experiments,
)  # fmt: skip
from benchmarks.outcome import BenchmarkResult, Bound
from benchmarks.trials import Source, command
from services.core.experiment import Effort
from services.core.models import Model

EQUAL = 8
MOST, LEAST = 0.05, 0.90
#: The primes below 40,007 take seven divisions more than those below 40,000; below 42,900 the time grows by a tenth.
LIMITS = (*range(40_000, 40_000 + EQUAL), 42_900)
#: Shares of 1e-12 round to no work at all. Four slots share one core here, so CPU time is what limits throughput.
SHARES = (*(0.5 + n * 1e-12 for n in range(EQUAL)), 0.55)
_PRIMES = partial(LineUp, workload="primes", params={}, parameter="limit", values=LIMITS, equal=EQUAL)
_MIXED = partial(
    LineUp, workload="mixed", params={"milliseconds": 20}, parameter="cpu_share", values=SHARES, equal=EQUAL
)
GRIDS = (
    _PRIMES(model=Model.SEQUENTIAL, concurrency=1),
    _MIXED(model=Model.THREADS, concurrency=4),
    _MIXED(model=Model.GEVENT, concurrency=4),
    _PRIMES(model=Model.PREFORK, concurrency=2),
)
#: A budget that holds the five blocks of `standard` and few more: twelve experiments end within the hour.
FULL, QUICK = RunSize(experiments=3, draws=250, budget=200.0), RunSize(experiments=1, draws=25, budget=200.0)


def measure(source: Source, quick: bool, experiments: int | None) -> BenchmarkResult:
    """Run all grids, live and resampled."""
    size = with_experiments(QUICK if quick else FULL, experiments)
    runs = run(GRIDS[:1] if quick else GRIDS, size, source)
    equal = [findings(one.part(0, EQUAL), size.draws) for one in runs]
    slowed = [findings(one.part(1, EQUAL + 1), size.draws) for one in runs]
    bounds = [
        Bound(
            claim=f"{effort}: an equal cell told apart in at most {MOST:.0%} of resampled experiments",
            found=str(resampled(equal, effort)),
            holds=resampled(equal, effort).rate <= MOST,
        )
        for effort in Effort
        if resampled(equal, effort).of
    ]
    again = resampled(slowed, Effort.STANDARD)
    return BenchmarkResult(
        tables=(table(equal, "8 equal cells"), table(slowed, "1 of 8 slowed")),
        bounds=(
            *bounds,
            at_most(MOST, live(equal)),
            Bound(
                claim=f"standard: the slowed cell is found in at least {LEAST:.0%} of resampled experiments",
                found=str(again),
                holds=again.rate >= LEAST,
            ),
            at_least(LEAST, live(slowed)),
        ),
        figures={"equal": figures(equal), "slowed": figures(slowed)},
        notes=(f"Experiments in which a cell was told apart from the fastest. {note(slowed)}",),
    )


if __name__ == "__main__":
    command("grid", __doc__ or "", measure)
