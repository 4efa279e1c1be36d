"""Workloads on sharing between the tasks of a worker: memory, races, and the end of a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from workloads.contract import Cost, OneOf, Within, workload


@dataclass
class _Memory:
    """State that all tasks of one process share, and no other process."""

    marks: int = 0
    #: A count that tasks add to with or without `lock`, and its expected value.
    count: int = 0
    due: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    tally: threading.Lock = field(default_factory=threading.Lock)


_memory = _Memory()


def _cost_of_marks(*, milliseconds: int) -> Cost:
    return Cost(waits=milliseconds / 1000)


def _cost_of_counter(*, lock: str, additions: int) -> Cost:
    return Cost(held=(2e-7 if lock == "yes" else 7e-8) * additions)


def _cost_of_start(*, kind: str) -> Cost:
    """Return the cost: the interpreter computes in its own process."""
    if kind == "thread":
        return Cost(held=0.0001)
    return Cost(held=0.0005, released=0.001) if kind == "fork" else Cost(held=0.001, released=0.008, memory=8 * 2**20)


def _cost_of_die(*, milliseconds: int, after: int) -> Cost:  # noqa: ARG001 - the workload's own parameters
    return Cost(waits=milliseconds / 1000)


@workload(
    family="sharing",
    gil="waits",
    description="Leave a mark in memory and count the marks that are there: who shares memory sees everybody's.",
    returns="marks in the memory that the task sees",
    cost=_cost_of_marks,
)
def marks(*, milliseconds: Annotated[int, Within(0, 1_000, "ms", "Time asleep before the mark is left")] = 5) -> int:
    """Return the number of marks of tasks in this process so far, including this task's."""
    time.sleep(milliseconds / 1000)
    with _memory.tally:
        _memory.marks += 1
        return _memory.marks


@workload(
    family="sharing",
    gil="held",
    description="Add to a count that all slots of a process share: read it, add one, write it back.",
    returns="updates lost",
    cost=_cost_of_counter,
)
def counter(
    *,
    lock: Annotated[str, OneOf(("no", "yes"), "Whether a lock is held from the read to the write")] = "no",
    additions: Annotated[int, Within(1, 1_000_000, "additions", "How often one task adds 1")] = 500_000,
) -> int:
    """Return the additions of ended tasks that are missing from the count of this process; 0 without a race."""
    memory = _memory
    if lock == "yes":
        for _ in range(additions):
            with memory.lock:
                memory.count = _next(memory.count)
    else:
        for _ in range(additions):
            memory.count = _next(memory.count)
    with memory.tally:
        memory.due += additions
        # Running tasks have added already, but are not expected yet.
        return max(0, memory.due - memory.count)


def _next(count: int) -> int:
    """Make a call between the read and the write: there the interpreter may switch to another thread."""
    return count + 1


@workload(
    family="sharing",
    gil="mixed",
    description="Start a thread, a fork of the process or a fresh interpreter that does nothing, and wait for its end.",
    cost=_cost_of_start,
)
def start(*, kind: Annotated[str, OneOf(("thread", "fork", "interpreter"), "What is started")] = "thread") -> None:
    """Start something and wait for its end. Raises CalledProcessError when the interpreter fails."""
    if kind == "thread":
        thread = threading.Thread(target=_nothing)
        thread.start()
        thread.join()
    elif kind == "fork":
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    else:
        subprocess.run([sys.executable, "-I", "-S", "-c", ""], stdin=subprocess.DEVNULL, check=True)


def _nothing() -> None:
    """Run in the thread."""


@workload(
    family="sharing",
    gil="waits",
    description="Sleep; one task of a trial kills its process. The trial fails, and counts the tasks lost with it.",
    cost=_cost_of_die,
    failure_shows="which tasks are lost when one of them kills its process",
)
def die(
    *,
    milliseconds: Annotated[int, Within(1, 1_000, "ms", "Time asleep")] = 10,
    after: Annotated[int, Within(1, 100_000, "tasks", "Tasks of the worker that begin before the one that dies")] = 100,
) -> None:
    """Kill the process by SIGKILL, once per trial: its slots count together, in the trial's folder.

    Raises RuntimeError when LAB_TRIAL_FOLDER is not set: outside a trial it kills no process.
    """
    named = os.environ.get("LAB_TRIAL_FOLDER")
    if not named:
        raise RuntimeError("LAB_TRIAL_FOLDER is not set: die runs in a measured worker only")
    folder = Path(named)
    with (folder / "begun").open("ab", buffering=0) as begun:
        begun.write(b".")
        count = os.fstat(begun.fileno()).st_size
    if count > after:
        try:
            (folder / "died").touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(milliseconds / 1000)
