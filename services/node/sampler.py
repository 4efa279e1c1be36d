"""Watches the processes of a measured worker: memory over time, and what they used over a window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from services.core.trial import Sample, Usage
from services.core.units import NANOSECOND, Seconds
from services.node.cgroup import Throttling, throttling

#: Between two samples: short enough to see a peak, long enough to stay under 1 % of a core.
INTERVAL: Seconds = 0.2


def sample(pid: int) -> Sample:
    """Memory of the process `pid` and its children, now."""
    pss = uss = rss = count = 0
    for process in _tree(pid):
        try:
            memory = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        pss, uss, rss, count = pss + memory.pss, uss + memory.uss, rss + memory.rss, count + 1
    return Sample(at=time.monotonic_ns(), pss=pss, uss=uss, rss=rss, processes=count)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Running totals of everything that `Usage` is a difference of."""

    user: Seconds
    system: Seconds
    voluntary: int
    involuntary: int
    throttling: Throttling
    host_busy: Seconds
    steal: Seconds
    store: Seconds


class Sampler:
    """Samples memory on a thread of its own from `start` to `stop`, and says what it cost."""

    def __init__(self, pid: int, store_cpu: Callable[[], Seconds], interval: Seconds = INTERVAL) -> None:
        """`store_cpu` tells what the store has used so far. It may raise, and then so does this, or `stop`."""
        self._pid = pid
        self._store_cpu = store_cpu
        self._interval = interval
        self._done = threading.Event()
        self._samples: list[Sample] = []
        self._cost: Seconds = 0.0
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self._before = _read(pid, store_cpu)

    def start(self) -> None:
        """Begin the window."""
        self._thread.start()

    def stop(self) -> tuple[tuple[Sample, ...], Usage]:
        """End the window."""
        after, before = _read(self._pid, self._store_cpu), self._before
        self.close()
        user, system = after.user - before.user, after.system - before.system
        return tuple(self._samples), Usage(
            user=user,
            system=system,
            voluntary_switches=after.voluntary - before.voluntary,
            involuntary_switches=after.involuntary - before.involuntary,
            throttled=after.throttling.seconds - before.throttling.seconds,
            throttled_periods=after.throttling.periods - before.throttling.periods,
            others=max(0.0, after.host_busy - before.host_busy - user - system),
            steal=after.steal - before.steal,
            sampler=self._cost,
            # A store that was started again counts from nought.
            store=max(0.0, after.store - before.store),
        )

    def close(self) -> None:
        """Sample no more. Safe to call again."""
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._samples.append(sample(self._pid))
            if self._done.wait(self._interval):
                break
        self._cost = time.thread_time_ns() * NANOSECOND


def _tree(pid: int) -> list[psutil.Process]:
    try:
        main = psutil.Process(pid)
        return [main, *main.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _read(pid: int, store_cpu: Callable[[], Seconds]) -> _Reading:
    user = system = 0.0
    voluntary = involuntary = 0
    for process in _tree(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        user, system = user + times.user, system + times.system
        switches = _switches(process.pid)
        voluntary, involuntary = voluntary + switches[0], involuntary + switches[1]
    host = psutil.cpu_times()
    return _Reading(
        user=user,
        system=system,
        voluntary=voluntary,
        involuntary=involuntary,
        throttling=throttling(),
        host_busy=host.user + host.nice + host.system + host.irq + host.softirq,
        steal=host.steal,
        store=store_cpu(),
    )


def _switches(pid: int) -> tuple[int, int]:
    """Voluntary and involuntary context switches, summed over threads: a process's own file has its main thread's."""
    voluntary = involuntary = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        try:
            text = status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        voluntary += _field(text, "voluntary_ctxt_switches:")
        involuntary += _field(text, "nonvoluntary_ctxt_switches:")
    return voluntary, involuntary


def _field(text: str, name: str) -> int:
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith(name)), 0)
