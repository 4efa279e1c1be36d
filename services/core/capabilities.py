"""What Celery offers in some models only: the table behind "you give up", read in Celery 5.7 and its documentation.

It holds until the lab measures capabilities. Sources are files of Celery, or chapters of its user guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.core.advice import GivenUp, TaskTimeLimits
from services.core.models import Model
from services.core.quantities import duration

_CHILDREN: Final = "Celery 5.7, celery/concurrency/base.py and prefork.py"
_GUIDE: Final = "Celery user guide, Workers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Something that a Celery user may rely on, and the models that have it."""

    #: What is given up without it.
    lack: str
    models: frozenset[Model]
    source: str


SOFT_TIME_LIMIT: Final = Capability(
    lack="soft time limits",
    models=frozenset({Model.PREFORK}),
    source=f"{_GUIDE}, Time limits; on_apply in celery/concurrency/solo.py, thread.py and gevent.py ignores them",
)
HARD_TIME_LIMIT: Final = Capability(
    lack="hard time limits",
    models=frozenset({Model.PREFORK, Model.GEVENT}),
    source="Celery 5.7, apply_timeout in celery/concurrency/gevent.py; on_apply in solo.py and thread.py ignores them",
)
#: In the order in which they are shown.
CAPABILITIES: Final = (
    SOFT_TIME_LIMIT,
    HARD_TIME_LIMIT,
    Capability(
        lack="revoke(terminate=True)",
        models=frozenset({Model.PREFORK, Model.GEVENT}),
        source="Celery 5.7, terminate_job in celery/concurrency/base.py raises NotImplementedError",
    ),
    Capability(
        lack="max_tasks_per_child and max_memory_per_child",
        models=frozenset({Model.PREFORK}),
        source=_CHILDREN,
    ),
    Capability(
        lack="autoscale",
        models=frozenset({Model.PREFORK, Model.GEVENT}),
        source="Celery 5.7, celery/worker/autoscale.py calls grow and shrink, which solo.py and thread.py do not have",
    ),
    Capability(
        lack="a worker that outlives a task that crashes its process",
        models=frozenset({Model.PREFORK}),
        source="one process runs all slots; prefork replaces a lost one (task_reject_on_worker_lost)",
    ),
    Capability(
        lack="code that need not be thread-safe",
        models=frozenset({Model.SEQUENTIAL, Model.PREFORK}),
        source="Python documentation, threading; greenlets switch at every wait",
    ),
    Capability(
        lack="waits in C code that block only their own task",
        models=frozenset({Model.THREADS, Model.PREFORK}),
        source="gevent documentation, Monkey patching; all greenlets share one thread",
    ),
    Capability(
        lack="answers to remote control while a task runs",
        models=frozenset({Model.THREADS, Model.GEVENT, Model.PREFORK}),
        source=f"{_GUIDE}, Remote control",
    ),
    Capability(
        lack="memory and connections that all slots share",
        models=frozenset({Model.SEQUENTIAL, Model.THREADS, Model.GEVENT}),
        source="Python documentation, multiprocessing: every process has its own",
    ),
)


def given_up(model: Model) -> tuple[GivenUp, ...]:
    """Return what a model does not offer."""
    return tuple(GivenUp(text=one.lack, source=one.source) for one in CAPABILITIES if model not in one.models)


def unenforced(model: Model, limits: TaskTimeLimits) -> tuple[str, ...]:
    """Return the declared time limits of a task that a model does not enforce, in words."""
    declared = ((SOFT_TIME_LIMIT, "soft", limits.soft), (HARD_TIME_LIMIT, "hard", limits.hard))
    return tuple(
        f"the {kind} time limit of {duration(limit)}"
        for capability, kind, limit in declared
        if limit is not None and model not in capability.models
    )
