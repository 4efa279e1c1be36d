"""The task of a measured worker: the workload between two stamps."""

from __future__ import annotations

import platform
import sys
import threading
import time
from importlib.util import find_spec
from os import getpid
from typing import Any

from celery import Celery, Task

from services.core.stamps import BARRIER_HEADER, EMPTY_HEADER, Outcome, Stamp
from services.measured.app import FACTS, WORK
from services.measured.probe import stamped
from services.measured.table import SpanWriter
from workloads.contract import Workload

#: Seconds that a warm-up task waits for one in every other slot.
BARRIER_PATIENCE = 30.0


def add_tasks(app: Celery, workload: Workload, table: SpanWriter) -> None:
    """Give `app` the tasks WORK and FACTS."""
    function, tells = workload.function, bool(workload.tells)

    @app.task(name=WORK, bind=True, base=stamped(table))
    def work(self: Task, **arguments: Any) -> object:
        request = self.request
        row = int(request.id)
        table.write(row, Stamp.STARTS, table.read(row, Stamp.STARTS) + 1)
        table.stamp(row, Stamp.STARTED)
        if barrier := request.get(BARRIER_HEADER):
            _meet(table, *barrier)
        table.write(row, Stamp.PID, getpid())
        table.write(row, Stamp.THREAD, threading.get_native_id())
        outcome = Outcome.RAISED
        began = time.thread_time_ns()
        try:
            result = (workload.empty if request.get(EMPTY_HEADER) else function)(**arguments)
            if tells and isinstance(result, int):
                table.write(row, Stamp.TOLD, result)
            outcome = Outcome.OK
            return result
        finally:
            table.write(row, Stamp.CPU, time.thread_time_ns() - began)
            table.write(row, Stamp.OUTCOME, outcome)
            table.stamp(row, Stamp.FINISHED)

    @app.task(name=FACTS)
    def facts() -> dict[str, object]:
        gil_enabled = getattr(sys, "_is_gil_enabled", lambda: True)
        return {
            # "t" marks a build that can run without the GIL.
            "python": f"{platform.python_implementation()} {platform.python_version()}{sys.abiflags}",
            "gil": gil_enabled(),
            "hiredis": find_spec("hiredis") is not None,
        }


def _meet(table: SpanWriter, first: int, count: int) -> None:
    """Wait until all these rows have started: only then does every slot have one."""
    patience = time.monotonic() + BARRIER_PATIENCE
    rows = range(first, first + count)
    while not all(table.read(row, Stamp.STARTED) for row in rows):
        if time.monotonic() > patience:
            started = sum(table.read(row, Stamp.STARTED) != 0 for row in rows)
            raise TimeoutError(f"only {started} of {count} slots took a warm-up task")
        time.sleep(0.001)
