"""The probe: stamps every task on its way through a worker, by hooks that all four stock pools share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery, Task, bootsteps, signals
from celery.states import FAILURE

from services.core.stamps import ROW_HEADER, Outcome, Stamp
from services.measured.table import SpanWriter


def install(app: Celery, table: SpanWriter) -> None:
    """Hook the probe into `app` before its worker starts."""

    def on_received(request: Any, **_: object) -> None:
        row = request.request_dict.get(ROW_HEADER)
        if row is not None:
            table.stamp(row, Stamp.RECEIVED)

    def on_prerun(task: Task, **_: object) -> None:
        row = task.request.get(ROW_HEADER)
        if row is not None:
            table.write(row, Stamp.STARTS, table.read(row, Stamp.STARTS) + 1)
            table.stamp(row, Stamp.STARTED)

    def on_postrun(task: Task, state: str, **_: object) -> None:
        row = task.request.get(ROW_HEADER)
        if row is not None:
            if state == FAILURE:
                # Its body may have gone well and its result not: nothing that could not be stored is a success.
                table.write(row, Stamp.OUTCOME, Outcome.RAISED)
            table.stamp(row, Stamp.STORED)

    # Signals hold receivers weakly unless told not to.
    signals.task_received.connect(on_received, weak=False)
    signals.task_prerun.connect(on_prerun, weak=False)
    signals.task_postrun.connect(on_postrun, weak=False)
    app.steps["worker"].add(_handing_over(table))


def _handing_over(table: SpanWriter) -> type[bootsteps.StartStopStep]:
    class HandOver(bootsteps.StartStopStep):
        """Wraps the pool's entrance after the pool is made and before the consumer keeps a reference to it.

        Not `Request.on_success`: the request class that Celery generates per task shadows it.
        """

        requires = ("celery.worker.components:Pool",)

        def start(self, worker: Any) -> None:
            worker.pool.apply_async = _stamped(worker.pool.apply_async, table)

    return HandOver


def _stamped(apply_async: Callable[..., Any], table: SpanWriter) -> Callable[..., Any]:
    def stamped(
        target: Any,
        args: Any = None,
        kwargs: Any = None,
        *,
        callback: Callable[..., Any],
        error_callback: Callable[..., Any],
        **options: Any,
    ) -> Any:
        # Celery hands a pool (task name, id, headers, body, …).
        row = args[2].get(ROW_HEADER)
        if row is None:
            return apply_async(target, args, kwargs, callback=callback, error_callback=error_callback, **options)

        def returned(outcome: Any) -> Any:
            table.stamp(row, Stamp.RETURNED)
            return callback(outcome)

        def failed(info: Any) -> Any:
            # Also a slot that died between its body's end and the stored result.
            if not table.read(row, Stamp.STORED):
                table.write(row, Stamp.OUTCOME, Outcome.SLOT_LOST)
            table.stamp(row, Stamp.RETURNED)
            return error_callback(info)

        table.stamp(row, Stamp.HANDED_OVER)
        return apply_async(target, args, kwargs, callback=returned, error_callback=failed, **options)

    return stamped
