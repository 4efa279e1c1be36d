"""Compare the lab's speed-ups with those of a plain `concurrent.futures` script over the same function.

In turns: the lab measures a workload with sequential, and with threads and prefork in one slot and in two; then a
script runs it in a loop and in executors of as many threads and processes, each in a fresh process, with as many tasks
as the lab ran. A task of the lab goes through Redis and Celery; what that costs is the same few milliseconds however
long the task is, so from 20 ms on the speed-ups should agree, in spite of where it is paid: over sequential, the lab
has carried each task between two bodies; over one slot of the same model, on a core that two slots have no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks import script
from benchmarks.lab_harness import OwnLab, own_lab
from benchmarks.outcome import BenchmarkResult, Bound, TextTable, bounded, command, say
from services.analysis.cells import intervals
from services.analysis.coverage import median_bounds
from services.core.experiment import Effort
from services.core.models import Model
from services.core.summary import Interval
from services.core.units import Rate, Seconds, Value
from workloads.registry import discover

MOST = 0.05
SLOTS = 2
#: Shortest task that is judged; shorter ones are only shown.
SHORTEST: Seconds = 0.020
KINDS = {Model.SEQUENTIAL: "sequential", Model.THREADS: "threads", Model.PREFORK: "processes"}
#: About 25 ms and about 80 ms of waiting, of pure Python and of C code that releases the GIL.
TASKS: tuple[tuple[str, Mapping[str, Value]], ...] = (
    ("wait", {"milliseconds": 25}),
    ("wait", {"milliseconds": 80}),
    ("primes", {"limit": 45_000}),
    ("primes", {"limit": 110_000}),
    ("sha256", {"kilobytes": 1024, "rounds": 50}),
    ("sha256", {"kilobytes": 1024, "rounds": 160}),
)
#: Rounds, each with fresh processes: processes of one program differ by several per cent.
ROUNDS, QUICK_ROUNDS = 12, 1

#: Model and slots.
Place: TypeAlias = tuple[Model, int]
ALONE: Place = (Model.SEQUENTIAL, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Throughputs of one round: the lab's and the script's."""

    lab: Mapping[Place, Rate]
    plain: Mapping[Place, Rate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Speed-ups of SLOTS slots of a model over `base` for one workload, over all rounds."""

    name: str
    model: Model
    base: Place
    #: Time per task of the plain loop.
    took: Seconds
    lab: Interval
    plain: Interval
    #: The lab's speed-up over the plain one, paired by round.
    ratio: Interval

    @property
    def judged(self) -> bool:
        """Return whether tasks of this length are judged."""
        return self.took >= SHORTEST

    @property
    def holds(self) -> bool:
        """Return whether the two agree, or are not judged."""
        return not self.judged or abs(self.ratio.estimate - 1) <= MOST


def turn(lab: OwnLab, workload: str, params: Mapping[str, Value]) -> Round:
    """Run one round: the lab, then the script."""
    measured = lab.measure(
        workload, params=params, models=list(KINDS), concurrency=[1, SLOTS], repeats=1, effort=Effort.QUICK
    )
    location = discover()[workload].location
    by_lab, by_script = {}, {}
    for result in measured.results:
        cell = result.trial.cell
        if result.figures is None:
            raise RuntimeError(f"{workload} with {cell.model}: {result.failure}")
        place = cell.model, cell.concurrency
        by_lab[place] = result.figures.throughput
        by_script[place] = script.rate(KINDS[cell.model], cell.concurrency, result.figures.tasks, location, cell.params)
    return Round(lab=by_lab, plain=by_script)


def row(name: str, model: Model, base: Place, rounds: list[Round]) -> Row:
    """Return the result of all rounds for one model."""

    def speedups(rates: list[Mapping[Place, Rate]]) -> dict[int, float]:
        return {number: one[model, SLOTS] / one[base] for number, one in enumerate(rates)}

    by_lab, by_script = speedups([one.lab for one in rounds]), speedups([one.plain for one in rounds])
    return Row(
        name=name,
        model=model,
        base=base,
        took=1 / intervals.median([one.plain[ALONE] for one in rounds]).estimate,
        lab=intervals.median(list(by_lab.values())),
        plain=intervals.median(list(by_script.values())),
        ratio=intervals.ratio(by_lab, by_script),
    )


def measure(quick: bool) -> BenchmarkResult:
    """Measure all tasks."""
    count = QUICK_ROUNDS if quick else ROUNDS
    found: list[list[Round]] = [[] for _ in TASKS]
    with own_lab() as lab:
        for number in range(count):
            for rounds, (workload, params) in zip(found, TASKS, strict=True):
                rounds.append(turn(lab, workload, params))
                say(f"round {number + 1}/{count}: {workload} {params}")
    models = [model for model in KINDS if model is not Model.SEQUENTIAL]

    def rows(base: Callable[[Model], Place]) -> list[Row]:
        return [
            row(workload, model, base(model), rounds)
            for rounds, (workload, _) in zip(found, TASKS, strict=True)
            for model in models
        ]

    bases = {
        "one slot": rows(lambda model: (model, 1)),
        "sequential": rows(lambda _: ALONE),
    }
    return BenchmarkResult(
        tables=tuple(_table(base, rows) for base, rows in bases.items()),
        notes=(f"Medians of {count} rounds; lab / plain paired by round. Bounds: {median_bounds([count])}.",),
        bounds=tuple(
            Bound(
                claim=f"speed-ups over {base} agree within {MOST:.0%} for tasks of {SHORTEST * 1000:.0f} ms and more",
                found=f"{sum(one.holds for one in rows if one.judged)} of {sum(one.judged for one in rows)} do",
                holds=all(one.holds for one in rows),
            )
            for base, rows in bases.items()
        ),
        figures={"rows": bases, "rounds": [[_named(one) for one in rounds] for rounds in found]},
    )


def _named(one: Round) -> Mapping[str, Mapping[str, Rate]]:
    sides = {"lab": one.lab, "plain": one.plain}
    return {side: {f"{model}@{slots}": rate for (model, slots), rate in rates.items()} for side, rates in sides.items()}


def _table(base: str, rows: list[Row]) -> TextTable:
    return TextTable(
        headings=("workload", "a task", f"over {base}", "lab", "plain", "lab / plain", ""),
        rows=tuple(
            (
                one.name,
                f"{one.took * 1000:.0f} ms",
                f"{one.model}@{SLOTS}",
                f"{one.lab.estimate:.2f}",
                f"{one.plain.estimate:.2f}",
                bounded(one.ratio),
                ("holds" if one.holds else "OFF") if one.judged else "short",
            )
            for one in rows
        ),
    )


if __name__ == "__main__":
    command("executors", __doc__ or "", measure)
