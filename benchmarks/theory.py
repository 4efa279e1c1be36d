"""What theory says of a workload in a model, before anything is measured. Pure.

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

#: What a body does while it computes: keeps the GIL, or gives it up inside C code.
Gil = Literal["held", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What theory needs to know of a workload with given parameters."""

    workload: str
    params: Mapping[str, Value]
    #: C / (C + W).
    share: float
    gil: Gil = "held"
    #: Whether a greenlet that waits lets others run: a file system does not.
    yields: bool = True
    #: How long a task takes alone, if that is given and no matter of the machine.
    seconds: Seconds | None = None


def cores_for(model: Model, gil: Gil, cores: float) -> float:
    """On how many cores the slots of one worker can compute at once."""
    if model is Model.PREFORK or (model is Model.THREADS and gil == "released"):
        return cores
    return 1.0


def speedup(body: Body, model: Model, slots: int, cores: float) -> float:
    """Throughput over that of one task after another."""
    if model is Model.SEQUENTIAL:
        return 1.0
    share = 1.0 if model is Model.GEVENT and not body.yields else body.share
    return float(slots) if share == 0 else min(float(slots), cores_for(model, body.gil, cores) / share)


def tolerance(body: Body, model: Model, slots: int, cores: float) -> float:
    """How far from theory a figure may be, as a share of it: what theory leaves out, not what happens to pass.

    Carrying a task through Celery and Redis costs 2 to 4 ms, part of it CPU, and the bodies here take 50 ms of CPU or
    100 ms in all, or more. That is up to 8 %, and schedulers wake late: 10 %. Where the slots want all cores of the
    machine, the worker's own main process, the store and the sampler want some of them too, another 5 %.
    """
    busy = 0.0 if model is Model.SEQUENTIAL else min(slots * body.share, cores_for(model, body.gil, cores))
    return 0.15 if busy >= cores else 0.10
