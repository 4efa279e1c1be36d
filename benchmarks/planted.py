"""Measure the lab's power: the tasks of one cell take 10 % longer.

The parameter that is raised by 10 % is one that the body's time is proportional to, or nearly so (`records` of
`json_codec` is not: garbage is collected a whole number of times a task); carrying a task costs as much as before, so
throughput falls by a little less than a tenth. Found means that the ranking of both cells calls this one the slower.
Live experiments are few, so many more are made of their trials: neighbouring blocks in other orders.
"""

from __future__ import annotations

from functools import partial

from benchmarks.lineups import LineUp, at_least, figures, findings, live, note, pairs_size, resampled, run, table
from benchmarks.outcome import BenchmarkResult, Bound
from benchmarks.trials import Source, command
from services.core.experiment import Effort
from services.core.models import Model

LEAST = 0.90
_MANDELBROT = partial(
    LineUp, workload="mandelbrot", params={"size": 30}, parameter="iterations", values=(900, 990), equal=1
)
PAIRS = (
    _MANDELBROT(model=Model.SEQUENTIAL, concurrency=1),
    LineUp(
        workload="sha256",
        params={"kilobytes": 1024},
        parameter="rounds",
        values=(40, 44),
        equal=1,
        model=Model.THREADS,
        concurrency=2,
    ),
    LineUp(
        workload="wait",
        params={},
        parameter="milliseconds",
        values=(50, 55),
        equal=1,
        model=Model.GEVENT,
        concurrency=4,
    ),
    _MANDELBROT(model=Model.PREFORK, concurrency=2),
)


def measure(source: Source, quick: bool, experiments: int | None) -> BenchmarkResult:
    """Run all pairs, live and resampled."""
    size = pairs_size(quick=quick, experiments=experiments)
    runs = run(PAIRS, size, source)
    found = [findings(one, size.draws) for one in runs]
    again = resampled(found, Effort.STANDARD)
    return BenchmarkResult(
        tables=(table(found, "pair"),),
        bounds=(
            Bound(
                claim=f"standard: found in at least {LEAST:.0%} of resampled experiments",
                found=str(again),
                holds=again.rate >= LEAST,
            ),
            at_least(LEAST, live(found)),
        ),
        figures=figures(found),
        notes=(f"Experiments that found the slower cell. {note(found)}",),
    )


if __name__ == "__main__":
    command("planted", __doc__ or "", measure)
