"""Measure the lab's false-positive rate: the same cell twice.

A pair differs in a parameter that changes nothing that could be measured: the primes below 40,001 take one division
more than those below 40,000, and a CPU share of 1e-12 rounds to no work at all. So the whole lab is in it, from the
request to the ranking: blocks, calibration, stopping rule and intervals. (The two values are two variants, which the
verdict does not compare; here the ranking of a variant is made of both.)

Live experiments are few, so many more are made of their trials: neighbouring blocks in other orders, each block's
sides changing places at random. The real trials are `standard` ones for every effort: only the number of blocks and
the rule for adding some are the effort's own.
"""

from __future__ import annotations

from functools import partial

from benchmarks.lineups import LineUp, at_most, figures, findings, live, note, pairs_size, resampled, run, table
from benchmarks.outcome import BenchmarkResult, Bound
from benchmarks.trials import Source, command
from services.core.experiment import Effort
from services.core.models import Model

MOST = 0.05
_PRIMES = partial(LineUp, workload="primes", params={}, parameter="limit", values=(40_000, 40_001), equal=2)
_MIXED = partial(LineUp, workload="mixed", params={"milliseconds": 20}, parameter="cpu_share", equal=2)
PAIRS = (
    _PRIMES(model=Model.SEQUENTIAL, concurrency=1),
    _MIXED(values=(0.5, 0.5 + 1e-12), model=Model.THREADS, concurrency=4),
    _MIXED(values=(0.0, 1e-12), model=Model.GEVENT, concurrency=4),
    _PRIMES(model=Model.PREFORK, concurrency=2),
)


def measure(source: Source, quick: bool, experiments: int | None) -> BenchmarkResult:
    """Run all pairs, live and resampled."""
    size = pairs_size(quick=quick, experiments=experiments)
    runs = run(PAIRS, size, source)
    found = [findings(one, size.draws) for one in runs]
    bounds = [
        Bound(
            claim=f"{effort}: differences called in at most {MOST:.0%} of resampled experiments",
            found=str(resampled(found, effort)),
            holds=resampled(found, effort).rate <= MOST,
        )
        for effort in (Effort.STANDARD, Effort.THOROUGH)
    ]
    bounds.append(at_most(MOST, live(found)))
    return BenchmarkResult(
        tables=(table(found, "pair"),),
        bounds=tuple(bounds),
        figures=figures(found),
        notes=(
            f"Experiments in which a difference was called. {note(found)} Its interval should hold 1.",
            f"Not held to {MOST:.0%}: quick, {resampled(found, Effort.QUICK)}. Of two times three figures no method "
            "can promise less than 10% (services/analysis/cells/intervals.py).",
        ),
    )


if __name__ == "__main__":
    command("aa", __doc__ or "", measure)
