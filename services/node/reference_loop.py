"""Measures the reference loop of a node: in one bare process, and in as many as it has usable cores, all at once."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from services.core.units import NANOSECOND, Rate, Seconds
from services.node import loop
from services.process.group import ProcessGroup

#: Length of the window: of one process in all, and of all processes together.
WINDOW: Seconds = 0.2
#: Time between the orders and the window, in which every process reads its order.
LEAD: Seconds = 0.005
#: Time after which processes that still run are killed.
PATIENCE: Seconds = 20.0


def measure(
    cores: float, *, window: Seconds = WINDOW, patience: Seconds = PATIENCE, program: str = loop.__file__
) -> tuple[Rate, Rate]:
    """Measure loop passes per second of one process, and of ceil(`cores`) processes together.

    One process is measured for half of its window before all of them run, and for the other half after: a clock rate
    that changes steadily cancels out of the ratio. All are started first, and a window is the same stretch of
    CLOCK_MONOTONIC for all that take part. All have ended when it returns. `program` is the file of the
    loop; what still runs after `patience` is killed. Raises CannotStart.
    """
    with ExitStack() as held:
        processes = [held.enter_context(_start(program)) for _ in range(math.ceil(cores))]
        held.enter_context(_deadline(processes, patience))
        for process in processes:
            process.read_line()
        if len(processes) == 1:
            rate = _rate(processes, window)
            return rate, rate
        before = _rate(processes[:1], window / 2)
        several = _rate(processes, window)
        return (before + _rate(processes[:1], window / 2)) / 2, several


def _start(program: str) -> ProcessGroup:
    """Start one process of the loop. Raises CannotStart."""
    command = [sys.executable, "-I", "-S", program]
    # All in one session, as the processes of a measured worker are.
    return ProcessGroup("the reference loop", command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, own_session=False)


@contextmanager
def _deadline(processes: Sequence[ProcessGroup], patience: Seconds) -> Iterator[None]:
    """Kill the processes if the block takes longer than `patience`."""

    def kill() -> None:
        for process in processes:
            process.kill()

    timer = threading.Timer(patience, kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _rate(processes: Sequence[ProcessGroup], window: Seconds) -> Rate:
    begin = time.monotonic_ns() + round(LEAD / NANOSECOND)
    end = begin + round(window / NANOSECOND)
    for process in processes:
        process.send(f"{begin} {end}\n")
    answers = [tuple(map(int, process.read_line().split())) for process in processes]
    return sum(passes / (elapsed * NANOSECOND) for passes, elapsed in answers if passes)
