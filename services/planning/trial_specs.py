"""From a trial to the specification for each of its nodes."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from services.core.experiment import Arrivals, Experiment, Plan, Trial
from services.core.task_reference import OwnTask, TaskCall, TaskReference
from services.core.trial import TrialSpec
from services.core.units import Rate, Seconds, Value
from workloads.contract import Workload

#: How much longer than the shortest window a known rate is to last.
MARGIN = 1.25
#: Fewest tasks of a trial at a planned rate: fewer have no percentiles.
FEWEST_SCHEDULED = 20


def specs(
    trial: Trial,
    plan: Plan,
    experiment: Experiment,
    registry: Mapping[str, Workload],
    *,
    attempt: str,
    rate: Rate | None,
) -> tuple[TrialSpec, ...]:
    """Return one per replica. `rate` is the throughput that the same cell reached before, all nodes together."""
    cell = trial.cell
    workload = registry[cell.workload]
    tasks = None if rate is None else math.ceil(rate / cell.replicas * plan.window * MARGIN)
    return tuple(
        TrialSpec(
            trial=trial,
            attempt=attempt,
            share=share,
            task=OwnTask(registered=workload.name) if workload.own else task_reference(workload, cell.params),
            window=plan.window,
            pings=plan.pings,
            tasks=tasks,
            prefetch=cell.model.traits.prefetch if cell.prefetch is None else cell.prefetch,
            shares_backend=cell.model.traits.shares_backend,
            schedule=_schedule(trial, plan, experiment, share),
        )
        for share in range(cell.replicas)
    )


def task_reference(workload: Workload, params: Mapping[str, Value]) -> TaskReference:
    """Return what a worker runs that measures the workload with these values of its declared parameters."""
    return TaskReference(
        function=workload.location,
        packages=tuple(sorted({"workloads", workload.location.partition(".")[0]})),
        calls=(TaskCall(kwargs=workload.arguments(params)),),
        companions=tuple(sorted(workload.services)),
    )


def schedule(rate: Rate, window: Seconds, fewest: int, arrivals: Arrivals, seed: str) -> tuple[Seconds, ...]:
    """Return when to send tasks, in seconds after the first: until they fill `window` and are at least `fewest`.

    Evenly spaced, or a Poisson process by its exponential gaps; the same seed gives the same times.
    """
    if arrivals is Arrivals.CONSTANT:
        # Multiples, not sums, which would drift.
        return tuple(place / rate for place in range(max(fewest, math.ceil(rate * window) + 1)))
    source = random.Random(seed)
    times = [0.0]
    while times[-1] < window or len(times) < fewest:
        times.append(times[-1] + source.expovariate(rate))
    return tuple(times)


def _schedule(trial: Trial, plan: Plan, experiment: Experiment, share: int) -> tuple[Seconds, ...]:
    """Return a share's part of the rate. Within a block every model meets the same arrivals."""
    cell = trial.cell
    if cell.rate is None:
        return ()
    rate = cell.rate / cell.replicas
    return schedule(
        rate, plan.window, FEWEST_SCHEDULED, experiment.arrivals, f"{experiment.seed}/{trial.repeat}/{share}"
    )
