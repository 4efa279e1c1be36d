"""The probe in a worker's main process: stamps every task that arrives, goes to the pool and returns.

Its hooks are the same in all pools. It avoids Celery's signals and `current_task.request`: both are slow (ADR 10).
The id of a task holds its row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic_ns
from typing import Any

from celery import Celery, bootsteps

from concurrency_lab_inside.app import SPANNED
from concurrency_lab_inside.stamps import Outcome, Stamp, WorkerField, row_of
from concurrency_lab_inside.table import SpanColumns


def install(app: Celery, table: SpanColumns, names: frozenset[str] = SPANNED) -> None:
    """Make `app` stamp the tasks `names` that its worker receives, hands to its pool and gets back.

    Call it before the worker starts.
    """
    app.steps["worker"].add(_watching(table, names))
    app.steps["consumer"].add(_counting_connections(table))


def _watching(table: SpanColumns, names: frozenset[str]) -> type[bootsteps.StartStopStep]:
    class Watch(bootsteps.StartStopStep):
        """Starts after pool and consumer are made, and before the consumer keeps a reference to `apply_async`."""

        requires = ("celery.worker.components:Pool",)

        def start(self, worker: Any) -> None:
            worker.consumer.on_task_message.add(_receiving(table, names))
            worker.pool.apply_async = _handing_over(worker.pool.apply_async, table, names)

    return Watch


def _counting_connections(table: SpanColumns) -> type[bootsteps.StartStopStep]:
    fields = table.worker

    class CountConnections(bootsteps.StartStopStep):
        """Celery restarts the consumer's steps after each loss of the connection."""

        requires = ("celery.worker.consumer:Connection",)

        def start(self, _consumer: Any) -> None:
            fields[WorkerField.CONNECTIONS] += 1

    return CountConnections


def _receiving(table: SpanColumns, names: frozenset[str]) -> Callable[[Any], None]:
    received = table.column(Stamp.RECEIVED)

    def receive(request: Any) -> None:
        if request.name in names:
            received[row_of(request.id)] = monotonic_ns()

    return receive


def _handing_over(apply_async: Callable[..., Any], table: SpanColumns, names: frozenset[str]) -> Callable[..., Any]:
    """Not `Request.on_success`: the request class that Celery generates per task shadows it."""
    handed_over, stored, returned = (table.column(field) for field in (Stamp.HANDED_OVER, Stamp.STORED, Stamp.RETURNED))
    outcomes, fates = table.column(Stamp.OUTCOME), table.column(Stamp.FATE)

    def hand_over(target: Any, **options: Any) -> Any:
        # Celery hands a pool (task name, id, headers, body, …).
        name, id, *_ = options["args"]
        if name in names:
            row = row_of(id)
            options["callback"] = partial(come_back, row, options["callback"])
            options["error_callback"] = partial(fail, row, options["error_callback"])
            options["timeout_callback"] = partial(time_out, row, options["timeout_callback"])
            handed_over[row] = monotonic_ns()
        return apply_async(target, **options)

    def come_back(row: int, callback: Callable[[Any], Any], outcome: Any) -> Any:
        returned[row] = monotonic_ns()
        return callback(outcome)

    def fail(row: int, callback: Callable[[Any], Any], info: Any) -> Any:
        # Also a slot that died between the end of the body and the stored result; a body that ends its slot by an
        # exception has raised it.
        if not fates[row] and not stored[row] and outcomes[row] != Outcome.RAISED:
            fates[row] = Outcome.SLOT_LOST
        returned[row] = monotonic_ns()
        return callback(info)

    def time_out(row: int, callback: Callable[..., Any], soft: bool, timeout: float) -> Any:
        # The only callback of a greenlet at its hard limit.
        if not soft:
            fates[row] = Outcome.TIMED_OUT
            returned[row] = monotonic_ns()
        return callback(soft=soft, timeout=timeout)

    return hand_over
