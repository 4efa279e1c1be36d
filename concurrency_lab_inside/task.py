"""The tasks of a measured worker: what it runs between two stamps, and what it is asked beside that."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import celery
import kombu
from celery import Celery, Task, current_task

from concurrency_lab_inside.app import EMPTY, FACTS, MEETING, WARM, WORK
from concurrency_lab_inside.slot import spanned, stamped
from concurrency_lab_inside.stamps import Stamp
from concurrency_lab_inside.table import SpanColumns
from concurrency_lab_inside.task_code import Bodies

#: Seconds that a warm-up task waits for one in every other slot.
PATIENCE = 30.0


def add_tasks(app: Celery, bodies: Bodies, table: SpanColumns) -> None:
    """Give `app` the tasks WORK, WARM, EMPTY and FACTS."""
    base = stamped(table)
    for name, body in ((WORK, bodies.work), (WARM, meeting(bodies.work, table)), (EMPTY, bodies.empty)):
        app.task(name=name, base=base)(spanned(body, table, keeps_number=bodies.keeps_number))
    app.task(name=FACTS)(facts_of(app, app.tasks[WORK]))


def meeting(function: Callable[..., object], table: SpanColumns) -> Callable[..., object]:
    """Return `function` that waits until the rows of its message's header MEETING have all started.

    Only then does every slot have one of them.
    """
    started = table.column(Stamp.STARTED)

    def meet(*args: Any, **kwargs: Any) -> object:
        first, count = current_task.request.get(MEETING)
        patience = time.monotonic() + PATIENCE
        rows = range(first, first + count)
        # Every slot waits for one row after another, and the less often the more slots there are: all share a GIL.
        pause = max(0.001, count * 0.0001)
        for row in rows:
            while not started[row]:
                if time.monotonic() > patience:
                    raise TimeoutError(
                        f"only {sum(started[one] != 0 for one in rows)} of {count} slots took a warm-up task"
                    )
                time.sleep(pause)
        return function(*args, **kwargs)

    return meet


def facts_of(app: Celery, task: Task) -> Callable[[], dict[str, object]]:
    """Return a function that returns facts about the interpreter of its slot, and about how it runs `task`."""

    def facts() -> dict[str, object]:
        gil_enabled = getattr(sys, "_is_gil_enabled", lambda: True)
        return {
            # "t" marks a build that can run without the GIL.
            "python": f"{platform.python_implementation()} {platform.python_version()}{sys.abiflags}",
            "celery": celery.__version__,
            "kombu": kombu.__version__,
            "gil": gil_enabled(),
            "hiredis": find_spec("hiredis") is not None,
            "prefetch": app.conf.worker_prefetch_multiplier,
            "acks_late": bool(task.acks_late),
            "stores_results": not task.ignore_result,
        }

    return facts
