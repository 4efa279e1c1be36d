"""Measures the reference loop of a node: in one bare process, and in as many as it has usable cores, all at once."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from signal import SIGKILL
from typing import TypeAlias

from services.core.errors import CannotStart
from services.core.units import NANOSECOND, Rate, Seconds
from services.node import loop
from services.process.tether import tethered

#: How long one process is measured in all, and how long all of them are.
WINDOW: Seconds = 0.2
#: From the orders to the begin of the window: every process must have read its order by then.
LEAD: Seconds = 0.005
#: After this time the processes are killed, whatever they wait for.
PATIENCE: Seconds = 20.0

_Process: TypeAlias = "subprocess.Popen[str]"


def measure(cores: float, *, window: Seconds = WINDOW) -> tuple[Rate, Rate]:
    """Loop passes per second of one process, and of ceil(`cores`) processes together.

    One process is measured for half of its window before all of them run, and for the other half after: a clock rate
    that changes steadily cancels out of the ratio. All are started first, and a window is the same stretch of
    CLOCK_MONOTONIC for all that take part. None is left behind. Raises CannotStart.
    """
    with ExitStack() as held:
        processes = [held.enter_context(_process()) for _ in range(math.ceil(cores))]
        held.enter_context(_deadline(processes))
        for process in processes:
            _read(process)
        if len(processes) == 1:
            rate = _rate(processes, window)
            return rate, rate
        before = _rate(processes[:1], window / 2)
        several = _rate(processes, window)
        return (before + _rate(processes[:1], window / 2)) / 2, several


@contextmanager
def _process() -> Iterator[_Process]:
    command = tethered([sys.executable, "-I", "-S", loop.__file__], SIGKILL)
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    except OSError as error:
        raise CannotStart(f"the reference loop cannot be started: {error}") from error
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def _deadline(processes: Sequence[_Process]) -> Iterator[None]:
    def kill() -> None:
        for process in processes:
            process.kill()

    timer = threading.Timer(PATIENCE, kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _rate(processes: Sequence[_Process], window: Seconds) -> Rate:
    begin = time.monotonic_ns() + round(LEAD / NANOSECOND)
    end = begin + round(window / NANOSECOND)
    for process in processes:
        _order(process, f"{begin} {end}\n")
    answers = [tuple(map(int, _read(process).split())) for process in processes]
    return sum(passes / (elapsed * NANOSECOND) for passes, elapsed in answers if passes)


def _order(process: _Process, line: str) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(line)
        process.stdin.flush()
    except BrokenPipeError as error:
        raise _ended(process) from error


def _read(process: _Process) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise _ended(process)
    return line


def _ended(process: _Process) -> CannotStart:
    return CannotStart(f"the reference loop ended early (exit status {process.wait()})")
