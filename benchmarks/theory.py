"""Predict the speed-up of a workload in a model from theory. Pure.

One formula for all of it: Goetz 2006, "Java concurrency in practice", section 8.2. Tasks that compute for C and wait
for W keep N cores busy from N * (1 + W / C) slots on. Up to there every slot adds the throughput of one, from there on
none does: speed-up over one slot = min(slots, N * (1 + W / C)) = min(slots, N / share), with share = C / (C + W) the
part of a task's time in which it needs a core. Pure waiting has share 0 (each slot counts), pure computing share 1.

What a model decides is N, the cores that its slots can compute on at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.core.models import Model
from services.core.units import Seconds, Value

#: Whether a task keeps the GIL while it computes, or releases it in C code.
Gil = Literal["held", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The properties of a workload, with its parameters, that theory needs."""

    workload: str
    params: Mapping[str, Value]
    #: C / (C + W).
    share: float
    gil: Gil = "held"
    #: Whether other greenlets run while one waits: not while it waits for a file system.
    yields: bool = True
    #: Time of a single task, where it does not depend on the machine.
    seconds: Seconds | None = None


def cores_for(model: Model, gil: Gil, cores: float) -> float:
    """Return the number of cores on which the slots of one worker can compute at once."""
    if model is Model.PREFORK or (model is Model.THREADS and gil == "released"):
        return cores
    return 1.0


def speedup(body: Body, model: Model, slots: int, cores: float) -> float:
    """Return the throughput relative to one task after another."""
    if model is Model.SEQUENTIAL:
        return 1.0
    share = 1.0 if model is Model.GEVENT and not body.yields else body.share
    return float(slots) if share == 0 else min(float(slots), cores_for(model, body.gil, cores) / share)


def tolerance(body: Body, model: Model, slots: int, cores: float) -> float:
    """Return the largest deviation from theory, as a share: set by what theory leaves out, not by what happens to pass.

    Carrying a task through Celery and Redis costs 2 to 4 ms, part of it CPU, and the bodies here take 50 ms of CPU or
    100 ms in all, or more. That is up to 8 %, and schedulers wake late: 10 %. Where the slots want all cores of the
    machine, the worker's own main process, the store and the sampler want some of them too, another 5 %.
    """
    busy = 0.0 if model is Model.SEQUENTIAL else min(slots * body.share, cores_for(model, body.gil, cores))
    return 0.15 if busy >= cores else 0.10
