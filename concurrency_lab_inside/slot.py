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
from celery.app.trace import trace_ok_t

from concurrency_lab_inside.stamps import Outcome, Stamp, row_of
from concurrency_lab_inside.table import SpanColumns

#: No task runs.
NO_ROW = -(1 << 62)
#: The task that this thread or greenlet runs: its row, `~row` once its body has begun, or NO_ROW. A task that calls
#: itself, or another one, directly is stamped once.
running: ContextVar[int] = ContextVar("lab_row", default=NO_ROW)
#: Outcomes of tasks that ended without a result, by the state in which Celery leaves them.
ENDINGS = {"RETRY": Outcome.RETRIED, "IGNORED": Outcome.IGNORED, "REJECTED": Outcome.REJECTED}


def stamped(table: SpanColumns) -> type[Task]:
    """Return the class of a task of the lab's own that is stamped when its outcome is in the result backend."""

    class Stamped(Task):
        pass

    stamp_tracers(Stamped, table)
    return Stamped


def stamp_tracers(kind: type[Task], table: SpanColumns) -> None:
    """Wrap every tracer that Celery sets on a task of this class: when it connects, again, and in every forked slot."""
    traced = _tracing(table)

    def get(self: Task) -> Any:
        return self.__dict__.get("_lab_trace")

    def put(self: Task, trace: Callable[..., Any]) -> None:
        self.__dict__["_lab_trace"] = traced(trace)

    kind.__trace__ = property(get, put)


def _tracing(table: SpanColumns) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a function that wraps a tracer in the stamps of a slot."""
    taken, stored, starts = (table.column(field) for field in (Stamp.TAKEN, Stamp.STORED, Stamp.STARTS))
    outcomes, storing_cpu = table.column(Stamp.OUTCOME), table.column(Stamp.STORING_CPU)
    ended_early = _ending_before_the_body(table)

    def traced(trace: Callable[..., Any]) -> Callable[..., Any]:
        def stamping(uuid: str, args: Any, kwargs: Any, request: Any = None) -> Any:
            row = row_of(uuid)
            starts[row] += 1
            if starts[row] > 1:
                # Sent again by a task that rejects itself, or after its slot died: running it could go on for ever.
                return trace_ok_t(None, None, 0.0, "")
            taken[row] = monotonic_ns()
            running.set(row)
            done = trace(uuid, args, kwargs, request)
            # `info`: None after a success. The body of a failed task may have ended well: its result could not be
            # stored.
            if done[1] is not None:
                outcomes[row] = ENDINGS.get(done[1].state, Outcome.RAISED)
                ended_early(row)
            storing_cpu[row] += thread_time_ns()
            stored[row] = monotonic_ns()
            return done

        return stamping

    return traced


def _ending_before_the_body(table: SpanColumns) -> Callable[[int], None]:
    """Return a function that stamps a body which never began: `before_start` can end a task by an exception."""
    taken, started, finished = (table.column(field) for field in (Stamp.TAKEN, Stamp.STARTED, Stamp.FINISHED))
    pids, threads, storing_cpu = (table.column(field) for field in (Stamp.PID, Stamp.THREAD, Stamp.STORING_CPU))

    def ended_early(row: int) -> None:
        if not started[row]:
            # What ran instead counts as the body; its CPU time is not known.
            started[row] = taken[row]
            pids[row] = getpid()
            threads[row] = get_native_id()
            storing_cpu[row] = -thread_time_ns()
            finished[row] = monotonic_ns()

    return ended_early


def counting_children(table: SpanColumns) -> Callable[[str], None]:
    """Return a function to be called for every message that is sent: it counts those of the task that runs."""
    children = table.column(Stamp.CHILDREN)

    def count(_name: str) -> None:
        row = running.get()
        if row != NO_ROW:
            children[row if row >= 0 else ~row] += 1

    return count


def spanned(function: Callable[..., object], table: SpanColumns, *, keeps_number: bool) -> Callable[..., object]:
    """Return `function` with its stamps: what Celery calls. `keeps_number`: store a whole number it returns."""
    # An empty task does little more than Celery itself, so all that can be looked up earlier is.
    started, finished = table.column(Stamp.STARTED), table.column(Stamp.FINISHED)
    pids, threads = table.column(Stamp.PID), table.column(Stamp.THREAD)
    cpu, storing_cpu = table.column(Stamp.CPU), table.column(Stamp.STORING_CPU)
    outcomes, numbers = table.column(Stamp.OUTCOME), table.column(Stamp.NUMBER)
    ok, raised = int(Outcome.OK), int(Outcome.RAISED)

    def body(*args: Any, **kwargs: Any) -> object:
        row = running.get()
        running.set(~row)
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
