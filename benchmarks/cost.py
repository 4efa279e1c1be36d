"""Compare the cost of a trial beyond its measured phases with the boot of a bare `celery worker`, in turns.

A trial: seconds from the conductor's order to its result, less the ping and the saturate phase. Part of that is the
node's own overhead: start, calibrate, fill and stop. A boot: seconds from the start of the process to the first task
done. Both with the workload `primes`, at `quick` effort.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field
from statistics import median

from benchmarks.bare import BareWorker, Endings, spec
from benchmarks.lab_harness import OwnLab, own_lab
from benchmarks.outcome import BenchmarkResult, Bound, TextTable, bounded, command, say
from services.analysis.cells import intervals
from services.analysis.coverage import median_bounds
from services.core.experiment import Effort
from services.core.models import Model
from services.core.trial import Phases
from services.core.units import Seconds
from workloads.builtin.python import primes

MOST_RATIO = 1.5
MOST_SECONDS: Seconds = 2.0
SLOTS = 2
TURNS, QUICK_TURNS = 4, 1


@dataclass(slots=True, kw_only=True)
class Costs:
    """The trials and boots of one model."""

    #: Elapsed time without ping and saturate, seen by the conductor.
    trials: list[Seconds] = field(default_factory=list)
    #: The part that the node sees (`Phases.overhead`).
    phases: list[Phases] = field(default_factory=list)
    boots: list[Seconds] = field(default_factory=list)

    @property
    def around(self) -> list[Seconds]:
        """Return the part of each trial that only the conductor sees."""
        return [whole - phases.overhead for whole, phases in zip(self.trials, self.phases, strict=True)]

    @property
    def ratios(self) -> list[float]:
        """Return each trial relative to the median boot."""
        return [trial / median(self.boots) for trial in self.trials]


def trials(lab: OwnLab, costs: dict[Model, Costs]) -> int:
    """Run one experiment with all models, and return the number of trials per model."""
    measured = lab.measure(primes.name, models=list(Model), concurrency=[SLOTS], effort=Effort.QUICK)
    for result in measured.results:
        if result.phases is None or result.figures is None:
            raise RuntimeError(f"{result.trial.cell.name}: {result.failure}")
        phases, cost = result.phases, costs[result.trial.cell.model]
        cost.trials.append(result.elapsed - phases.ping - phases.saturate)
        cost.phases.append(phases)
    return len(measured.results) // len(costs)


def boot(model: Model, attempt: str, redis_url: str) -> Seconds:
    """Return the time from the start of the process to the result of a waiting task."""
    worker = BareWorker(spec(primes.name, model, SLOTS, attempt), redis_url)
    with closing(worker), Endings(redis_url, worker.prefix, sent := worker.send(1), worker.id) as endings:
        began = time.monotonic()
        worker.start()
        return endings.wait()[sent[0]] - began


def measure(quick: bool) -> BenchmarkResult:
    """Run experiments and boots in turns."""
    turns = QUICK_TURNS if quick else TURNS
    costs = {model: Costs() for model in Model}
    with own_lab() as lab:
        for turn in range(turns):
            repeats = trials(lab, costs)
            for repeat in range(repeats):
                for model, cost in costs.items():
                    cost.boots.append(boot(model, f"cost-{turn}-{repeat}-{model}", lab.broker_url))
            say(f"turn {turn + 1}/{turns}")
    together = Costs(
        trials=[each for cost in costs.values() for each in cost.trials],
        phases=[each for cost in costs.values() for each in cost.phases],
        boots=[each for cost in costs.values() for each in cost.boots],
    )
    rows = {**{model.value: cost for model, cost in costs.items()}, "all": together}
    # A trial of a pool over a boot of that pool: pools differ more than trials do.
    ratios = {model.value: cost.ratios for model, cost in costs.items()}
    ratios["all"] = [each for cost in costs.values() for each in cost.ratios]
    return BenchmarkResult(
        tables=(_table(rows, ratios), _parts(rows)),
        bounds=(
            Bound(
                claim=f"a trial costs at most {MOST_RATIO} bare boots at the median",
                found=f"{median(ratios['all']):.2f}",
                holds=median(ratios["all"]) <= MOST_RATIO,
            ),
            Bound(
                claim=f"and at most {MOST_SECONDS:g} s",
                found=f"{median(together.trials):.2f} s",
                holds=median(together.trials) <= MOST_SECONDS,
            ),
        ),
        notes=(
            f"Medians in seconds; bounds: {median_bounds(len(cost.trials) for cost in costs.values())}.",
            "Around: orders and answers between conductor and node.",
        ),
        figures={name: {"ratio": median(ratios[name]), "seconds": cost} for name, cost in rows.items()},
    )


def _table(costs: dict[str, Costs], ratios: dict[str, list[float]]) -> TextTable:
    return TextTable(
        headings=("model", "a trial", "a bare boot", "ratio"),
        rows=tuple(
            (
                name,
                bounded(intervals.median(cost.trials), 2),
                bounded(intervals.median(cost.boots), 2),
                f"{median(ratios[name]):.2f}",
            )
            for name, cost in costs.items()
        ),
    )


def _parts(costs: dict[str, Costs]) -> TextTable:
    parts = ("start", "calibrate", "fill", "stop")
    return TextTable(
        headings=("of a trial", *parts, "around"),
        rows=tuple(
            (
                name,
                *(f"{median(getattr(phases, part) for phases in cost.phases):.2f}" for part in parts),
                f"{median(cost.around):.2f}",
            )
            for name, cost in costs.items()
        ),
    )


if __name__ == "__main__":
    command("cost", __doc__ or "", measure)
