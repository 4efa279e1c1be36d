"""A workload that computes and waits, as most tasks do."""

from __future__ import annotations

import time
from typing import Annotated

from workloads.contract import Cost, Within, workload


def _cost(*, milliseconds: int, cpu_share: float) -> Cost:
    return Cost(held=milliseconds / 1000 * cpu_share, waits=milliseconds / 1000 * (1 - cpu_share))


@workload(
    family="mixed",
    gil="mixed",
    description="Compute for a share of the time, sleep for the rest.",
    cost=_cost,
)
def mixed(
    *,
    milliseconds: Annotated[int, Within(0, 10_000, "ms", "Computing and sleeping together")] = 20,
    cpu_share: Annotated[float, Within(0, 1, "", "0 only sleeps, 1 only computes")] = 0.5,
) -> float:
    """Return the CPU time used, in milliseconds.

    The share is CPU time of this thread, not time on the clock: while others hold the GIL or the core, the work
    waits and does not shrink.
    """
    before = time.thread_time()
    _compute(milliseconds / 1000 * cpu_share)
    used = time.thread_time() - before
    pause = milliseconds / 1000 * (1 - cpu_share)
    if pause:
        time.sleep(pause)
    return used * 1000


def _compute(seconds: float) -> None:
    until = time.thread_time() + seconds
    value = 1
    while time.thread_time() < until:
        for _ in range(200):
            value = (value * 1_103_515_245 + 12_345) % 2_147_483_648
