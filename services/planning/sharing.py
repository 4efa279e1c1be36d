"""From a trial to what each of its nodes is told."""

from __future__ import annotations

import math

from services.core.experiment import Model, Plan, Trial
from services.core.trial import TrialSpec
from services.core.units import Rate
from workloads.registry import Registry

#: Celery's own default.
PREFETCH = 4
#: Stock gevent on Redis stalls up to 2 s whenever its prefetch window fills; without a limit it never does.
NO_LIMIT = 0
#: How much longer than the shortest window a known rate is to last.
MARGIN = 1.25


def specs(trial: Trial, plan: Plan, registry: Registry, *, attempt: str, rate: Rate | None) -> tuple[TrialSpec, ...]:
    """One for every replica. `rate` is the throughput that the same cell reached before, all nodes together."""
    replicas = trial.cell.replicas
    tasks = None if rate is None else math.ceil(rate / replicas * plan.window * MARGIN)
    return tuple(
        TrialSpec(
            trial=trial,
            attempt=attempt,
            share=share,
            location=registry[trial.cell.workload].location,
            window=plan.window,
            pings=plan.pings,
            tasks=tasks,
            prefetch=NO_LIMIT if trial.cell.model is Model.GEVENT else PREFETCH,
        )
        for share in range(replicas)
    )
