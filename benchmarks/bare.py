"""Bare workers for the benchmarks, and a way to watch a bare or measured worker from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from types import TracebackType
from uuid import uuid4

from concurrency_lab_inside.app import WORK, Wiring, create_app
from concurrency_lab_inside.stamps import new_token, task_id
from services.broker.contract import Place
from services.broker.redis import RedisBroker, prefix, result_key
from services.core.models import Model
from services.core.task_reference import TaskReference
from services.core.trial import TrialSpec
from services.core.units import Seconds
from services.node.publisher import BATCH
from services.planning import grid, request
from services.planning.trial_specs import specs
from services.store.connection import connect
from workloads.registry import discover

QUEUE = "tasks"
#: Time without a result after which a worker counts as stopped.
STALL: Seconds = 60.0


def spec(workload: str, model: Model, slots: int, attempt: str) -> TrialSpec:
    """Return the spec that the lab would send a node for a first trial, with the lab's own settings."""
    registry = discover()
    body = {"workload": workload, "models": [model], "concurrency": [slots]}
    asked = request.experiment(body, registry, id=attempt, created=0.0, seed=0)
    plan = grid.plan(asked, 1)
    return specs(plan.trials[0], plan, asked, registry, attempt=attempt, rate=None)[0]


class BareWorker:
    """A bare worker with its own queue and publisher. Its keys in Redis are deleted at the end."""

    def __init__(self, spec: TrialSpec, redis_url: str) -> None:
        """Take the settings of a measured worker with `spec`. Starts nothing."""
        self._place = Place(attempt=spec.attempt, share=spec.share)
        self.prefix = prefix(self._place)
        self._broker = RedisBroker(redis_url)
        self._spec = spec
        # A bare worker runs workloads only.
        assert isinstance(spec.task, TaskReference)
        self._task = spec.task
        self._token = new_token(str(uuid4()))
        self._wiring = Wiring(
            address=redis_url,
            options=self._broker.options(self._place),
            queue=QUEUE,
            prefetch=spec.prefetch,
            shares_backend=spec.shares_backend,
        )
        self._app = create_app(self._wiring, stores_results=False)
        self._sent = 0
        self._held = ExitStack()
        self._held.callback(self._broker.forget, self._place)
        self._held.callback(self._app.pool.force_close_all)
        self._held.callback(self._app.producer_pool.force_close_all)

    def start(self) -> None:
        """Start the process; it consumes its queue as soon as it is ready."""
        wired = {"wiring": self._wiring._asdict(), "function": self._task.function, "parent": os.getpid()}
        cell, name = self._spec.trial.cell, f"{self._spec.attempt}@bare"
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bareworker", cell.model.traits.pool, str(cell.concurrency), name],
            env=os.environ | {"LAB_BARE": json.dumps(wired)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._held.callback(_kill, process)

    def id(self, task: int) -> str:
        """Return the id of a task: as long as those of measured tasks."""
        return task_id(self._token, task)

    def send(self, count: int, *, queue: str = QUEUE) -> range:
        """Publish `count` tasks as the lab does, and return their ids as numbers."""
        tasks = range(self._sent, self._sent + count)
        self._sent = tasks.stop
        with self._app.producer_pool.acquire(block=True) as producer, producer.batch(max_size=BATCH):
            for task in tasks:
                call = self._task.call(task)
                self._app.send_task(
                    WORK,
                    args=call.args,
                    kwargs=call.kwargs,
                    task_id=self.id(task),
                    queue=queue,
                    producer=producer,
                    argsrepr="",
                    kwargsrepr="",
                )
        return tasks

    def fill(self, count: int) -> range:
        """Fill the queue with `count` tasks that wait until `open`."""
        return self.send(count, queue=self._broker.filling(QUEUE))

    def open(self) -> None:
        """Open the filled queue to the worker."""
        self._broker.open(self._place, QUEUE)

    def close(self) -> None:
        """Kill the worker and delete its keys and files."""
        self._held.close()


class Endings:
    """Records when some tasks of a worker end.

    The result backend publishes every stored result on a channel of its own. So a bare and a measured
    worker are watched in the same way: neither gets a request meanwhile, and nothing is polled.
    """

    def __init__(self, redis_url: str, prefix: str, tasks: Iterable[int], id: Callable[[int], str]) -> None:
        """Start to listen; `id` returns the id of a task."""
        self._channels = {result_key(prefix, id(task)): task for task in tasks}
        self._client = connect(redis_url, timeout=STALL)
        self._heard = self._client.pubsub()  # type: ignore[no-untyped-call]
        self._heard.subscribe(*self._channels)
        for _ in self._channels:
            self._heard.get_message(timeout=STALL)

    def wait(self) -> Mapping[int, Seconds]:
        """Return when each of the tasks ended (CLOCK_MONOTONIC). Raises TimeoutError after a long silence."""
        ended: dict[int, Seconds] = {}
        while len(ended) < len(self._channels):
            message = self._heard.get_message(timeout=STALL)
            if message is None:
                raise TimeoutError(f"nothing was heard of the worker for {STALL:.0f} s")
            ended.setdefault(self._channels[message["channel"]], time.monotonic())
        return ended

    def __enter__(self) -> Endings:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._heard.close()
        self._client.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
