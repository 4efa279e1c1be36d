"""How often the lab finds a difference that is there: one cell's tasks take 10 % longer.

The parameter that is raised by 10 % is one that the body's time is proportional to, or nearly so (`records` of
`json_codec` is not: garbage is collected a whole number of times a task); carrying a task costs as much as before, so
throughput falls by a little less than a tenth. Found means that the ranking of both cells calls this one the slower.
Live experiments are few, so many more are made of their trials: neighbouring blocks in other orders.
"""

from __future__ import annotations

from benchmarks.outcome import Bound, Outcome, command
from benchmarks.pairs import FULL, QUICK, Pair, figures, find, live, note, resampled, table
from services.core.experiment import Effort, Model

LEAST = 0.90
PAIRS = (
    Pair(
        workload="mandelbrot",
        params={"size": 30},
        parameter="iterations",
        values=(900, 990),
        model=Model.SEQUENTIAL,
        concurrency=1,
    ),
    Pair(
        workload="sha256",
        params={"kilobytes": 1024},
        parameter="rounds",
        values=(40, 44),
        model=Model.THREADS,
        concurrency=2,
    ),
    Pair(
        workload="wait",
        params={},
        parameter="milliseconds",
        values=(50, 55),
        model=Model.GEVENT,
        concurrency=4,
    ),
    Pair(
        workload="mandelbrot",
        params={"size": 30},
        parameter="iterations",
        values=(900, 990),
        model=Model.PREFORK,
        concurrency=2,
    ),
)


def measure(quick: bool) -> Outcome:
    """All pairs, live and resampled."""
    found = find(PAIRS, QUICK if quick else FULL, alike=False)
    alive, again = live(found), resampled(found, Effort.STANDARD)
    return Outcome(
        tables=(table(found),),
        bounds=(
            Bound(
                claim=f"standard: found in at least {LEAST:.0%} of resampled experiments",
                found=str(again),
                holds=again.rate >= LEAST,
            ),
            Bound(
                claim=f"standard: live experiments do not contradict {LEAST:.0%}",
                found=str(alive),
                holds=alive.interval[1] >= LEAST,
            ),
        ),
        figures=figures(found),
        notes=(f"Experiments that found the slower cell. {note(found)}",),
    )


if __name__ == "__main__":
    command("planted", __doc__ or "", measure)
