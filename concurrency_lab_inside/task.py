"""The tasks of a measured worker: the workload between two stamps."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from importlib.util import find_spec
from os import getpid
from threading import get_native_id
from time import monotonic, monotonic_ns, sleep, thread_time_ns
from typing import Any

from celery import Celery

from concurrency_lab_inside.app import EMPTY, FACTS, WARM, WORK
from concurrency_lab_inside.probe import stamped
from concurrency_lab_inside.stamps import Outcome, Stamp
from concurrency_lab_inside.table import SpanColumns
from workloads.contract import Workload

#: Seconds that a warm-up task waits for one in every other slot.
PATIENCE = 30.0


def add_tasks(app: Celery, workload: Workload, table: SpanColumns) -> None:
    """Give `app` the tasks WORK, WARM, EMPTY and FACTS."""
    base, tells = stamped(table), bool(workload.tells)
    bodies = {WORK: workload.function, WARM: _meeting(workload.function, table), EMPTY: workload.empty}
    for name, body in bodies.items():
        app.task(name=name, base=base)(_spanned(body, table, tells=tells))
    app.task(name=FACTS)(_facts)


def _spanned(function: Callable[..., object], table: SpanColumns, *, tells: bool) -> Callable[..., object]:
    """What Celery calls: `function`, its span and how it ended."""
    # An empty task does little more than Celery itself, so what can be looked up before is.
    started, finished, starts = (table.column(field) for field in (Stamp.STARTED, Stamp.FINISHED, Stamp.STARTS))
    pids, threads = table.column(Stamp.PID), table.column(Stamp.THREAD)
    cpu, storing_cpu = table.column(Stamp.CPU), table.column(Stamp.STORING_CPU)
    outcomes, told = table.column(Stamp.OUTCOME), table.column(Stamp.TOLD)
    ok, raised = int(Outcome.OK), int(Outcome.RAISED)

    def body(row: int, /, *meeting: Any, **arguments: Any) -> object:
        starts[row] += 1
        started[row] = monotonic_ns()
        pids[row] = getpid()
        threads[row] = get_native_id()
        outcome = raised
        began = thread_time_ns()
        try:
            result = function(*meeting, **arguments)
            if tells and isinstance(result, int):
                told[row] = result
            outcome = ok
            return result
        finally:
            ended = thread_time_ns()
            cpu[row] = ended - began
            storing_cpu[row] = -ended
            outcomes[row] = outcome
            finished[row] = monotonic_ns()

    return body


def _meeting(function: Callable[..., object], table: SpanColumns) -> Callable[..., object]:
    """`function`, once `count` rows from `first` on have all started: only then does every slot have one."""
    started = table.column(Stamp.STARTED)

    def meet(first: int, count: int, /, **arguments: Any) -> object:
        patience = monotonic() + PATIENCE
        rows = range(first, first + count)
        while not all(started[row] for row in rows):
            if monotonic() > patience:
                raise TimeoutError(
                    f"only {sum(started[row] != 0 for row in rows)} of {count} slots took a warm-up task"
                )
            sleep(0.001)
        return function(**arguments)

    return meet


def _facts() -> dict[str, object]:
    gil_enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    return {
        # "t" marks a build that can run without the GIL.
        "python": f"{platform.python_implementation()} {platform.python_version()}{sys.abiflags}",
        "gil": gil_enabled(),
        "hiredis": find_spec("hiredis") is not None,
    }
