"""The probe: stamps every task on its way through a worker, by hooks that all four stock pools share.

Nothing here listens to a signal of Celery, nor asks for the running request: those cost, and the stamps need neither.
The id of a task is its row; so is its first argument, for whoever is given only these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic_ns, thread_time_ns
from typing import Any

from celery import Celery, Task, bootsteps
from celery.states import FAILURE

from concurrency_lab_inside.app import SPANNED
from concurrency_lab_inside.stamps import Outcome, Stamp, WorkerField
from concurrency_lab_inside.table import SpanColumns


def install(app: Celery, table: SpanColumns) -> None:
    """Have `app` stamp what its worker receives and what its pool is given and gives back, before it starts."""
    app.steps["worker"].add(_watching(table))
    app.steps["consumer"].add(_counting_connections(table))


def stamped(table: SpanColumns) -> type[Task]:
    """The class of a task that is stamped when its result is stored."""
    stored, outcomes = table.column(Stamp.STORED), table.column(Stamp.OUTCOME)
    storing_cpu = table.column(Stamp.STORING_CPU)

    class Stamped(Task):
        def after_return(self, status: str, _retval: Any, _id: str, args: Sequence[int], *_: Any) -> None:
            row = args[0]
            if status == FAILURE:
                # Its body may have gone well and its result not: it could not be written as JSON.
                outcomes[row] = Outcome.RAISED
            storing_cpu[row] += thread_time_ns()
            stored[row] = monotonic_ns()

    return Stamped


def _watching(table: SpanColumns) -> type[bootsteps.StartStopStep]:
    class Watch(bootsteps.StartStopStep):
        """Starts after pool and consumer are made, and before the consumer keeps a reference to the pool's entrance."""

        requires = ("celery.worker.components:Pool",)

        def start(self, worker: Any) -> None:
            worker.consumer.on_task_message.add(_receiving(table))
            worker.pool.apply_async = _handing_over(worker.pool.apply_async, table)

    return Watch


def _counting_connections(table: SpanColumns) -> type[bootsteps.StartStopStep]:
    fields = table.worker

    class CountConnections(bootsteps.StartStopStep):
        """Celery restarts the consumer's steps after each loss of the connection."""

        requires = ("celery.worker.consumer:Connection",)

        def start(self, _consumer: Any) -> None:
            fields[WorkerField.CONNECTIONS] += 1

    return CountConnections


def _receiving(table: SpanColumns) -> Callable[[Any], None]:
    received = table.column(Stamp.RECEIVED)

    def receive(request: Any) -> None:
        if request.name in SPANNED:
            received[int(request.id)] = monotonic_ns()

    return receive


def _handing_over(apply_async: Callable[..., Any], table: SpanColumns) -> Callable[..., Any]:
    """Not `Request.on_success`: the request class that Celery generates per task shadows it."""
    handed_over, stored, returned = (table.column(field) for field in (Stamp.HANDED_OVER, Stamp.STORED, Stamp.RETURNED))
    outcomes = table.column(Stamp.OUTCOME)

    def hand_over(target: Any, **options: Any) -> Any:
        # Celery hands a pool (task name, id, headers, body, …).
        name, row, *_ = options["args"]
        if name in SPANNED:
            row = int(row)
            options["callback"] = partial(come_back, row, options["callback"])
            options["error_callback"] = partial(fail, row, options["error_callback"])
            handed_over[row] = monotonic_ns()
        return apply_async(target, **options)

    def come_back(row: int, callback: Callable[[Any], Any], outcome: Any) -> Any:
        # Nothing that could not be stored is a success.
        if not stored[row]:
            outcomes[row] = Outcome.RAISED
        returned[row] = monotonic_ns()
        return callback(outcome)

    def fail(row: int, callback: Callable[[Any], Any], info: Any) -> Any:
        # Also a slot that died between its body's end and the stored result; a body that ends its slot by an exception
        # has raised it.
        if not stored[row] and outcomes[row] != Outcome.RAISED:
            outcomes[row] = Outcome.SLOT_LOST
        returned[row] = monotonic_ns()
        return callback(info)

    return hand_over
