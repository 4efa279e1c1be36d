"""Workloads that hold memory for a while."""

from __future__ import annotations

import mmap
import time
from typing import Annotated

from workloads.contract import Cost, Within, workload


def _cost(*, megabytes: int, hold_milliseconds: int) -> Cost:
    """Return the cost: every first write to a page is a page fault, under the GIL."""
    return Cost(held=4.5e-4 * megabytes, waits=hold_milliseconds / 1000, memory=megabytes * 2**20)


@workload(
    family="memory",
    gil="mixed",
    description="Take memory, write to every page of it, hold it for a while.",
    cost=_cost,
)
def allocate(
    *,
    megabytes: Annotated[int, Within(1, 256, "MiB", "Memory of one task; every busy slot holds as much")] = 16,
    hold_milliseconds: Annotated[int, Within(0, 5_000, "ms", "Time to keep it")] = 10,
) -> int:
    """Return the memory held, in bytes.

    Mapped rather than taken from malloc, which would keep some of it after the task, more or less as its arenas go.
    """
    size = megabytes * 1024 * 1024
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as block:
        block[:: mmap.PAGESIZE] = b"\x01" * (size // mmap.PAGESIZE)
        if hold_milliseconds:
            time.sleep(hold_milliseconds / 1000)
        return len(block)
