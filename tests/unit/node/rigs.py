"""Sets up real measured workers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from services.broker.redis import RedisBroker
from services.core.experiment import Cell, Trial
from services.core.models import Model
from services.core.trial import TrialSpec
from services.core.units import Value
from services.node.rig import Rig
from services.planning.trial_specs import task_reference
from services.store.server import EmbeddedServer
from workloads.contract import Workload

_numbers = itertools.count()


def spec(
    workload: Workload, model: Model, slots: int = 2, *, tasks: int | None = None, pings: int = 5, **params: Value
) -> TrialSpec:
    """A trial's only share; every one is of another trial."""
    cell = Cell(workload=workload.name, params=workload.defaults | params, model=model, concurrency=slots, replicas=1)
    trial = Trial(experiment="e1", index=next(_numbers), cell=cell, repeat=0)
    return TrialSpec(
        trial=trial,
        attempt=f"{trial.id}-a",
        share=0,
        task=task_reference(workload, cell.params),
        window=0.2,
        pings=pings,
        tasks=tasks,
        prefetch=0 if model is Model.GEVENT else 4,
        shares_backend=model is Model.GEVENT,
    )


@contextmanager
def rig(server: EmbeddedServer, asked: TrialSpec) -> Iterator[Rig]:
    """A worker that runs until the block ends."""
    made = Rig(asked, broker=RedisBroker(server.url))
    try:
        yield made
    finally:
        made.close()
