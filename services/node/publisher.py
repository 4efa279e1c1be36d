"""Sends the tasks of a trial; the id of each holds its row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias
from uuid import uuid4

from celery import Celery
from kombu import Producer
from kombu.exceptions import OperationalError

from concurrency_lab_inside.app import EMPTY, FACTS, MEETING, WARM, WORK
from concurrency_lab_inside.stamps import new_token, task_id
from services.core.errors import BrokerUnreachable
from services.core.task_reference import Registration, TaskReference
from services.core.units import NANOSECOND, Seconds
from services.node.spanfile import SpanFile

#: Headers of a message, beside Celery's own.
Headers: TypeAlias = dict[str, tuple[int, int]]
#: Messages in one pipeline.
BATCH = 200
#: A publisher that waits for its next task looks up so often.
LONGEST_SLEEP: Seconds = 0.1


class Publisher:
    """Publishes to one share's queue. Every method that sends may raise BrokerUnreachable."""

    def __init__(
        self, app: Celery, queue: str, filling: str, task: TaskReference | Registration, spans: SpanFile
    ) -> None:
        """Tasks that are sent to the queue `filling` wait there until the broker opens it."""
        self._app = app
        # Not the app's pools: kombu keeps those per address for as long as the process lives.
        self._producer: Producer = app.amqp.Producer(app.connection_for_write(), auto_declare=False)
        self._queue = queue
        self._filling = filling
        self._task = task
        self._name = task.task if isinstance(task, Registration) else WORK
        self._spans = spans
        self._token = new_token(str(uuid4()))

    def id(self, row: int) -> str:
        """Return the id of the task with this row."""
        return task_id(self._token, row)

    def warm(self, slots: int) -> range:
        """Publish one task for every slot; none begins its body before all have started."""
        rows = self._spans.give(slots)
        self._send(rows, self._queue, WARM, {MEETING: (rows.start, len(rows))})
        return rows

    def ping(self) -> range:
        """Send one task with the same arguments and an empty body."""
        rows = self._spans.give(1)
        self._send(rows, self._queue, EMPTY)
        return rows

    def reserve(self, count: int) -> range:
        """Rows for tasks that are sent later."""
        return self._spans.give(count)

    def fill(self, count: int) -> range:
        """Publish `count` tasks that wait until the queue is opened."""
        rows = self._spans.give(count)
        self._send(rows, self._filling)
        return rows

    def send_at(self, rows: range, times: Sequence[Seconds], watch: Callable[[], None]) -> Seconds:
        """Publish one task at each of `times`, seconds from now; return how late the latest was sent.

        `published` is the planned time: a publisher, or a worker, that falls behind makes tasks wait, and that wait
        counts (no coordinated omission). `watch` is called between the tasks and may raise.
        """
        began, lag = time.monotonic_ns(), 0
        for row, after in zip(rows, times, strict=True):
            planned = began + int(after / NANOSECOND)
            while (early := planned - time.monotonic_ns()) > 0:
                watch()
                time.sleep(min(early * NANOSECOND, LONGEST_SLEEP))
            self._spans.stamp_published(row, planned)
            with self._reaching():
                self._send_one(row, self._queue)
            lag = max(lag, -early)
        return lag * NANOSECOND

    def ask_facts(self) -> None:
        """Ask a slot for facts about its interpreter; the answer is the result of task FACTS."""
        with self._reaching():
            self._app.send_task(FACTS, task_id=FACTS, queue=self._queue, producer=self._producer)

    def close(self) -> None:
        """Close its connection. Safe to call again."""
        self._producer.connection.release()
        self._app.close()

    def _send(self, rows: range, queue: str, task: str = "", headers: Headers | None = None) -> None:
        with self._reaching(), self._producer.batch(max_size=BATCH):
            for row in rows:
                self._spans.stamp_published(row, time.monotonic_ns())
                self._send_one(row, queue, task, headers)

    def _send_one(self, row: int, queue: str, task: str = "", headers: Headers | None = None) -> None:
        call = self._task.call(row)
        self._app.send_task(
            task or self._name,
            args=call.args,
            kwargs=call.kwargs,
            headers=headers,
            task_id=self.id(row),
            queue=queue,
            producer=self._producer,
            # Celery would print the arguments into every message; the lab shows them nowhere.
            argsrepr="",
            kwargsrepr="",
        )

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what kombu raises inside for want of a connection into BrokerUnreachable."""
        try:
            yield
        except (OperationalError, *self._producer.connection.connection_errors) as error:
            raise BrokerUnreachable(f"the broker under test took no tasks: {error}") from error
