"""The stamps of a slot: around a task's tracer, which runs it and stores its result, and around its body.

A tracer is a function that Celery builds per task, again in every forked slot and after every reconnect. It gets the id
of the task, and passes the row on to the body in a context variable: the arguments belong to the body alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from os import getpid
from threading import get_native_id
from time import monotonic_ns, thread_time_ns
from typing import Any

from celery import Task

from concurrency_lab_inside.stamps import Outcome, Stamp, row_of
from concurrency_lab_inside.table import SpanColumns

#: Row of the task that this thread or greenlet runs; NO_ROW once its body has begun, so that a task that calls itself,
#: or another one, directly is stamped once.
running: ContextVar[int] = ContextVar("lab_row", default=-1)
NO_ROW = -1


def stamped(table: SpanColumns) -> type[Task]:
    """Return the class of a task that is stamped when its outcome is in the result backend."""
    traced = tracing(table)

    class Stamped(Task):
        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, traced(value) if name == "__trace__" else value)

    return Stamped


def tracing(table: SpanColumns) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a function that wraps a tracer in the stamps of a slot."""
    stored, outcomes = table.column(Stamp.STORED), table.column(Stamp.OUTCOME)
    storing_cpu = table.column(Stamp.STORING_CPU)
    raised = int(Outcome.RAISED)

    def traced(trace: Callable[..., Any]) -> Callable[..., Any]:
        def stamping(uuid: str, args: Any, kwargs: Any, request: Any = None) -> Any:
            row = row_of(uuid)
            running.set(row)
            done = trace(uuid, args, kwargs, request)
            # `info`: None after a success. The body of a failed task may have ended well: its result could not be
            # stored.
            if done[1] is not None:
                outcomes[row] = raised
            storing_cpu[row] += thread_time_ns()
            stored[row] = monotonic_ns()
            return done

        return stamping

    return traced


def spanned(function: Callable[..., object], table: SpanColumns, *, keeps_number: bool) -> Callable[..., object]:
    """Return `function` with its stamps: what Celery calls. `keeps_number`: store a whole number it returns."""
    # An empty task does little more than Celery itself, so all that can be looked up earlier is.
    started, finished, starts = (table.column(field) for field in (Stamp.STARTED, Stamp.FINISHED, Stamp.STARTS))
    pids, threads = table.column(Stamp.PID), table.column(Stamp.THREAD)
    cpu, storing_cpu = table.column(Stamp.CPU), table.column(Stamp.STORING_CPU)
    outcomes, numbers = table.column(Stamp.OUTCOME), table.column(Stamp.NUMBER)
    ok, raised = int(Outcome.OK), int(Outcome.RAISED)

    def body(*args: Any, **kwargs: Any) -> object:
        row = running.get()
        running.set(NO_ROW)
        starts[row] += 1
        started[row] = monotonic_ns()
        pids[row] = getpid()
        threads[row] = get_native_id()
        outcome = raised
        began = thread_time_ns()
        try:
            result = function(*args, **kwargs)
            if keeps_number and isinstance(result, int):
                numbers[row] = result
            outcome = ok
            return result
        finally:
            ended = thread_time_ns()
            cpu[row] = ended - began
            storing_cpu[row] = -ended
            outcomes[row] = outcome
            finished[row] = monotonic_ns()

    return body
