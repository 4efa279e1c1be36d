"""Workloads that do what a test needs; a measured worker imports them as it imports any other."""

from __future__ import annotations

import os
import time
from typing import Annotated

from celery.backends.redis import RedisBackend

from workloads.contract import OneOf, Within, workload


class Complaint(Exception):
    """An error with arguments of its own, as many libraries have."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} at {where}")


@workload(family="tests", gil="waits", description="Sleep.")
def nap(*, milliseconds: Annotated[int, Within(0, 60_000, "ms")] = 20) -> int:
    """How long it was asleep."""
    time.sleep(milliseconds / 1000)
    return milliseconds


_ends = OneOf(("division", "complaint", "large", "unwritable", "exit", "die", "well"))


@workload(family="tests", gil="held", description="End badly.")
def bad(*, how: Annotated[str, _ends] = "well") -> object:
    """Only if `how` is "well"."""
    if how == "division":
        raise ZeroDivisionError("seven by nothing")
    if how == "complaint":
        raise Complaint("rust", "the left door")
    if how == "large":
        RedisBackend._MAX_STR_VALUE_SIZE = 20_000  # Of 512 MiB, so that it fails in no time.
        return 30_000 * "x"
    if how == "unwritable":
        return object()
    if how == "exit":
        raise SystemExit(3)
    if how == "die":
        os.write(2, b"no more of this\n")
        os._exit(7)
    return how


_number = Within(0, 10)


@workload(family="tests", gil="held", description="Have parameters of names that the probe uses.")
def numbered(
    *,
    row: Annotated[int, _number] = 0,
    first: Annotated[int, _number] = 0,
    count: Annotated[int, _number] = 0,
) -> list[int]:
    """All of them."""
    return [row, first, count]


@workload(family="tests", gil="waits", description="Print a line, then sleep.")
def talkative(*, milliseconds: Annotated[int, Within(0, 60_000, "ms")] = 20) -> int:
    """How long it was asleep."""
    os.write(2, b"going to sleep\n")
    time.sleep(milliseconds / 1000)
    return milliseconds


@workload(family="tests", gil="held", description="Use CPU time.")
def burn(*, milliseconds: Annotated[int, Within(0, 60_000, "ms")] = 20) -> int:
    """How much of it."""
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        pass
    return milliseconds


@workload(family="tests", gil="held", description="A pool of processes that is terminated.")
def pooled() -> list[int]:
    """Squares."""
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(_square, range(8))


def _square(number: int) -> int:
    return number * number
