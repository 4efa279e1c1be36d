"""The probe: stamps every task on its way through a worker, by hooks that all four stock pools share.

None of them is a signal of Celery: three times a task its dispatch would take a lock and look for receivers, and cost
more than the stamps do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery, Task, bootsteps
from celery.states import FAILURE
from celery.worker.request import Request

from services.core.stamps import Outcome, Stamp
from services.measured.app import WORK
from services.measured.table import SpanWriter


def install(app: Celery, table: SpanWriter) -> None:
    """Have `app` stamp what its pool is given and gives back, before its worker starts."""
    app.steps["worker"].add(_handing_over(table))


def stamped(table: SpanWriter) -> type[Task]:
    """The class of a task that is stamped when it is received and when its result is stored; its id is its row."""

    class Received(Request):
        def __init__(self, message: Any, **options: Any) -> None:
            super().__init__(message, **options)
            table.stamp(int(self.id), Stamp.RECEIVED)

    class Stamped(Task):
        Request = Received

        def after_return(self, status: str, _retval: Any, task_id: str, *_: Any) -> None:
            row = int(task_id)
            if status == FAILURE:
                # Its body may have gone well and its result not: it could not be written as JSON.
                table.write(row, Stamp.OUTCOME, Outcome.RAISED)
            table.stamp(row, Stamp.STORED)

    return Stamped


def _handing_over(table: SpanWriter) -> type[bootsteps.StartStopStep]:
    class HandOver(bootsteps.StartStopStep):
        """Wraps the pool's entrance after the pool is made and before the consumer keeps a reference to it.

        Not `Request.on_success`: the request class that Celery generates per task shadows it.
        """

        requires = ("celery.worker.components:Pool",)

        def start(self, worker: Any) -> None:
            worker.pool.apply_async = _watched(worker.pool.apply_async, table)

    return HandOver


def _watched(apply_async: Callable[..., Any], table: SpanWriter) -> Callable[..., Any]:
    def watched(
        target: Any,
        args: Any = None,
        kwargs: Any = None,
        *,
        callback: Callable[..., Any],
        error_callback: Callable[..., Any],
        **options: Any,
    ) -> Any:
        # Celery hands a pool (task name, id, headers, body, …).
        if args[0] != WORK:
            return apply_async(target, args, kwargs, callback=callback, error_callback=error_callback, **options)
        row = int(args[1])

        def returned(outcome: Any) -> Any:
            # Nothing that could not be stored is a success.
            if not table.read(row, Stamp.STORED):
                table.write(row, Stamp.OUTCOME, Outcome.RAISED)
            table.stamp(row, Stamp.RETURNED)
            return callback(outcome)

        def failed(info: Any) -> Any:
            # Also a slot that died between its body's end and the stored result; a body that ends its slot by an
            # exception has raised it.
            if not table.read(row, Stamp.STORED) and table.read(row, Stamp.OUTCOME) != Outcome.RAISED:
                table.write(row, Stamp.OUTCOME, Outcome.SLOT_LOST)
            table.stamp(row, Stamp.RETURNED)
            return error_callback(info)

        table.stamp(row, Stamp.HANDED_OVER)
        return apply_async(target, args, kwargs, callback=returned, error_callback=failed, **options)

    return watched
