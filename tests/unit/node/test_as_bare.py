"""A task finds in a measured worker what it finds in one that `celery worker` starts, but for what the lab chose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from services.broker.contract import Place
from services.broker.redis import RedisBroker
from services.core.models import Model
from services.store.server import EmbeddedServer
from tests.unit.node import bareapp
from tests.unit.node.rigs import rig, spec
from tests.unit.node.surroundings import surroundings

#: The files of a trial go with the trial.
ADDED = {"LAB_TRIAL_FOLDER", "TMPDIR"}


@contextmanager
def bare_worker(model: Model, url: str) -> Iterator[None]:
    """A stock worker of `bareapp`, until the block ends."""
    command = [sys.executable, "-P", "-m", "celery", "-A", bareapp.__name__, "worker"]
    command += ["-P", model.traits.pool, "-c", "1"]
    with subprocess.Popen(
        command,
        env=os.environ | {bareapp.URL: url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as worker:
        try:
            yield
        finally:
            os.killpg(worker.pid, signal.SIGKILL)


def in_both(server: EmbeddedServer, model: Model) -> tuple[Any, Any]:
    """What `surroundings` returns in a bare worker, and in a measured one."""
    asked = spec(surroundings, model, 1)
    app = bareapp.create(server.url)
    with bare_worker(model, server.url), rig(server, asked) as measured:
        bare = app.send_task(surroundings.name)
        rows = measured.fill(1)
        measured.open()
        measured.wait(rows, pause=0.01)
        measured.check(rows)
        stored = RedisBroker(server.url).outcome(Place(attempt=asked.attempt, share=0), measured.id(rows[0]))
        assert stored is not None
        returned = bare.get(timeout=30), stored[1]
        bare.forget()
        app.backend.client.connection_pool.disconnect()
        app.close()
    return returned


@pytest.mark.parametrize("model", Model)
def test_a_task_and_the_processes_it_starts_find_what_they_find_in_a_bare_worker(
    server: EmbeddedServer, model: Model
) -> None:
    bare, measured = in_both(server, model)
    assert set(measured.pop("environment")) - ADDED == set(bare.pop("environment")) - {bareapp.URL}
    differing = {name for name in bare if bare[name] != measured[name]}
    # A measured worker never outlives its node. The request is lost by fork; Celery's own prefork slots have it, too.
    assert differing <= {"signal at its parent's death"}
