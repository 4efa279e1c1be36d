"""Counters of the kernel for a process and all its descendants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import psutil

from services.core.units import NANOSECOND, Seconds

#: How often a reading is repeated because a process ended in it.
REPEATS = 4

#: Seconds for which each thread was ready to run and waited for a core, by process and native thread id.
CoreWaits: TypeAlias = Mapping[tuple[int, int], Seconds]


@dataclass(frozen=True, slots=True)
class CpuTime:
    """CPU time of processes and of their descendants that ended and were waited for. In clock ticks of 10 ms."""

    user: Seconds = 0.0
    system: Seconds = 0.0

    @property
    def whole(self) -> Seconds:
        return self.user + self.system


@dataclass(frozen=True, slots=True)
class Switches:
    """Context switches of all threads that still exist."""

    voluntary: int = 0
    involuntary: int = 0


def tree(pid: int) -> list[psutil.Process]:
    """Return the process and its descendants, parents first; empty when it is gone."""
    try:
        main = psutil.Process(pid)
        return [main, *main.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@dataclass(frozen=True, slots=True)
class MemoryReading:
    """Memory of one process at one moment, in bytes."""

    pss: int
    uss: int
    rss: int


def memory(process: psutil.Process) -> MemoryReading:
    """Return the memory of a process, all of it from one look of the kernel. Raises psutil.NoSuchProcess.

    `psutil.memory_full_info` reads RSS first and PSS from another file: while a process grows, its PSS would be above
    its RSS. The kernel has `smaps_rollup` since 4.14.
    """
    try:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        found = process.memory_full_info()
        return MemoryReading(pss=found.pss, uss=found.uss, rss=found.rss)
    kib = {words[0]: int(words[1]) for line in text.splitlines()[1:] if len(words := line.split()) > 1}
    unique = sum(size for name, size in kib.items() if name.startswith("Private_"))
    return MemoryReading(pss=kib.get("Pss:", 0) * 1024, uss=unique * 1024, rss=kib.get("Rss:", 0) * 1024)


def cpu_time(pid: int) -> CpuTime:
    """Return the CPU time of the process and all its descendants."""
    return _consistent(lambda: tree(pid))


def helpers_cpu_time(pid: int, worker: int) -> CpuTime:
    """Return the CPU time of the process and its descendants, but for its child `worker` and that one's descendants."""

    def processes() -> list[psutil.Process]:
        try:
            main = psutil.Process(pid)
            return [main, *(one for child in main.children() if child.pid != worker for one in tree(child.pid))]
        except psutil.NoSuchProcess:
            return []

    return _consistent(processes)


def _consistent(processes: Callable[[], list[psutil.Process]]) -> CpuTime:
    """Their sum, read again when a process ended before its turn.

    A process that ends hands its CPU time to the parent that waits for it. Parents are read first, so such a process
    is missing and not counted twice, and that shows.
    """
    found = CpuTime()
    for _ in range(1 + REPEATS):
        found, whole = _sum(processes())
        if whole:
            break
    return found


def _sum(processes: Iterable[psutil.Process]) -> tuple[CpuTime, bool]:
    """And whether all of them were still there."""
    user = system = 0.0
    whole = True
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            whole = False
            continue
        user += times.user + times.children_user
        system += times.system + times.children_system
    return CpuTime(user, system), whole


def switches(pid: int) -> Switches:
    """Summed over the threads of the process and its descendants: a process's own file has its main thread's."""
    voluntary = involuntary = 0
    for text in _of_threads(pid, "status").values():
        fields = dict(line.split(":", 1) for line in text.splitlines())
        voluntary += int(fields["voluntary_ctxt_switches"])
        involuntary += int(fields["nonvoluntary_ctxt_switches"])
    return Switches(voluntary, involuntary)


def core_waits(pid: int) -> CoreWaits:
    """Return the delays of every thread of the process and its descendants; empty if the kernel does not count them.

    From the second field of `schedstat`, the run-queue delay in ns (Documentation/scheduler/sched-stats.rst).
    """
    return {
        thread: int(fields[1]) * NANOSECOND
        for thread, text in _of_threads(pid, "schedstat").items()
        if len(fields := text.split()) == 3
    }


def _of_threads(pid: int, file: str) -> dict[tuple[int, int], str]:
    """Return the text of a file in `/proc/PID/task/TID`, by process and thread, without threads that end meanwhile."""
    found = {}
    for process in tree(pid):
        for path in Path(f"/proc/{process.pid}/task").glob(f"*/{file}"):
            try:
                found[process.pid, int(path.parent.name)] = path.read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found
