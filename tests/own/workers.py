"""A measured worker of a task of a user's own, for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from services.broker.redis import RedisBroker
from services.core.models import Model
from services.core.task_reference import OwnTask, Registration
from services.node.rig import Rig
from services.store.server import EmbeddedServer
from tests.unit.node.rigs import spec
from workloads.builtin.messaging import echo


@contextmanager
def worker(own: Registration, model: Model, production: EmbeddedServer) -> Iterator[Rig]:
    """Yield a warm worker; the broker of a workload would be at `production`, which an own task never reaches."""
    slots = 1 if model.traits.has_one_slot else 2
    asked = replace(spec(echo, model, slots), task=OwnTask(registered=own.name))
    rig = Rig(asked, broker=RedisBroker(production.url), own={own.name: own}.__getitem__)
    try:
        rig.check(rig.warm(slots))
        yield rig
    finally:
        rig.close()
