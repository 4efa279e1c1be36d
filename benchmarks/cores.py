"""Compare the lab's CPU figures with the usable cores and with the kernel's.

Every workload in every model: the CPU parts of a task times the throughput are no more than the usable cores. And two
nodes on one host: the cores that the lab reports are those that /proc gives for both measured workers meanwhile.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.lab_harness import OwnLab, own_lab
from benchmarks.outcome import BenchmarkResult, Bound, TextTable, command, machine, say
from services.analysis.usable_cores import by_host, usable_cores
from services.cli.serve import SERVE
from services.core.environment import Node
from services.core.experiment import Effort
from services.core.models import Model
from services.core.summary import CellSummary
from services.core.units import Seconds
from services.process.child import Child
from workloads.builtin.python import primes
from workloads.registry import discover

#: The trials of this workload fail intentionally.
DIES = "die"
#: Tasks that end the window are stored after it, so a little more than fits is counted.
MOST_PARTS = 1.02
#: The CPU time of a process is read in clock ticks of 10 ms.
MOST_CORES = 1.05
TICKS = os.sysconf("SC_CLK_TCK")
#: Largest allowed deviation of the lab's figure.
OFF = 0.02
NODES = 2
REPEATS, QUICK_REPEATS = 5, 1
#: End of one argument of every process of a measured worker; part of another program's argument proves nothing.
MEASURED = b"concurrency_lab_inside"
#: Time between two reads of /proc.
POLL_INTERVAL: Seconds = 0.02
#: Part of the saturate phase that is certain; it is planned to last 5 s and more.
SURE: Seconds = 2.5
STARTING: Seconds = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreSum:
    """The usable cores that the figures of one cell add up to."""

    workload: str
    cell: str
    #: CPU in body and storing, times throughput; None where it is not separable.
    parts: float | None
    #: CPU time of the processes over the time between their readings.
    cores: float


def core_sum(cell: CellSummary, usable: float) -> CoreSum:
    """Return the cores that a measured cell adds up to. Raises ValueError for an unmeasured one."""
    if cell.breakdown is None or cell.throughput is None or cell.cpu is None:
        raise ValueError(f"{cell.workload} in {cell.name}: {cell.trials[-1].failure}")
    split, rate = cell.breakdown, cell.throughput.estimate
    parts = None if split.cpu is None else (split.cpu + (split.storing_cpu or 0.0)) * rate / usable
    return CoreSum(workload=cell.workload, cell=cell.name, parts=parts, cores=cell.cpu.cores.estimate / usable)


def core_sums(lab: OwnLab, workloads: Sequence[str], usable: float) -> tuple[CoreSum, ...]:
    """Measure all cells of all workloads."""
    found: list[CoreSum] = []
    for workload in workloads:
        say(workload)
        report = lab.measure(workload, models=list(Model), concurrency=[2], repeats=1, effort=Effort.QUICK).report
        found += [core_sum(cell, usable) for cell in report.cells]
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuReading:
    """The CPU time of one worker at one moment."""

    at: Seconds
    used: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Cores used by two workers in one trial."""

    #: As the lab reports it.
    reported: float
    #: As /proc shows it.
    seen: float


class CpuWatch:
    """Reads the CPU time of every measured worker from /proc, as often as POLL_INTERVAL, until `stop`."""

    def __init__(self) -> None:
        self._seen: dict[int, list[CpuReading]] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> tuple[Sequence[CpuReading], ...]:
        """Return what was seen, worker by worker, in the order in which they appeared."""
        self._done.set()
        self._thread.join()
        return tuple(self._seen.values())

    def _run(self) -> None:
        while not self._done.wait(POLL_INTERVAL):
            for pid, used in workers().items():
                self._seen.setdefault(pid, []).append(CpuReading(at=time.monotonic(), used=used))


def workers() -> dict[int, Seconds]:
    """Return the CPU seconds of every measured worker by its main process; children, also ended ones, included."""
    found: dict[int, tuple[int, Seconds]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # After the name, which may hold anything: state, parent, …
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if is_measured((folder / "cmdline").read_bytes()):
                found[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / TICKS)
        except (FileNotFoundError, ProcessLookupError):
            continue
    totals: dict[int, Seconds] = {}
    for pid, (parent, used) in found.items():
        main = parent if parent in found else pid
        totals[main] = totals.get(main, 0.0) + used
    return totals


def is_measured(command: bytes) -> bool:
    """Return whether a command line, as /proc shows it, is that of a process of a measured worker."""
    return any(argument.endswith(MEASURED) for argument in command.split(b"\0"))


def busy(readings: Sequence[CpuReading]) -> float:
    """Return the cores that a worker used in its saturate phase.

    The worker rests while its queue is filled: the phase begins at the end of its longest rest before the last SURE
    seconds, and ends with the last rise of its CPU time.
    """
    rises = [(early, late) for early, late in pairwise(readings) if late.used > early.used]
    last = rises[-1][1]
    rests = [(early.at - before.at, early) for (_, before), (early, _) in pairwise(rises) if early.at <= last.at - SURE]
    _, first = max(rests, key=lambda rest: rest[0])
    return (last.used - first.used) / (last.at - first.at)


@contextmanager
def second_node(lab: OwnLab) -> Iterator[None]:
    """Run one more node of the lab on this host."""
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        settings = {"LAB_REDIS_URL": lab.redis_url, "LAB_BROKER_URL": lab.broker_url, "LAB_NODE": "second"}
        node = Child("second", [*SERVE, "node"], log=Path(folder) / "node.log", environ={**os.environ, **settings})
        node.start()
        try:
            deadline = time.monotonic() + STARTING
            while len(lab.nodes()) < NODES:
                if (ending := node.ending()) is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the second node {ending or 'did not answer'}: {node.last_words()}")
                time.sleep(POLL_INTERVAL)
            yield
        finally:
            node.kill()


def pairs(lab: OwnLab, repeats: int) -> tuple[Pair, ...]:
    """Measure trials of two nodes, and watch their processes."""
    with second_node(lab):
        watch = CpuWatch()
        try:
            measured = lab.measure(
                primes.name,
                models=[Model.PREFORK],
                concurrency=[1],
                replicas=[NODES],
                repeats=repeats,
                effort=Effort.THOROUGH,
            )
        finally:
            seen = watch.stop()
    rates = [busy(readings) for readings in seen]
    return tuple(
        Pair(reported=result.figures.cores.worker, seen=sum(rates[NODES * place : NODES * (place + 1)]))
        for place, result in enumerate(measured.results)
        if result.figures is not None
    )


def measure(quick: bool) -> BenchmarkResult:
    """Answer both questions in one lab."""
    workloads = [primes.name] if quick else [name for name in discover() if name != DIES]
    usable = usable_cores(by_host([Node(name="here", instance="", fingerprint=machine().fingerprint, seen=0.0)]))
    with own_lab() as lab:
        found = core_sums(lab, workloads, usable)
        both = pairs(lab, QUICK_REPEATS if quick else REPEATS)
    parts = max((one for one in found if one.parts is not None), key=lambda one: one.parts or 0.0)
    cores = max(found, key=lambda one: one.cores)
    off = median(pair.reported / pair.seen for pair in both) - 1
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("workload", "cell", "CPU parts", "cores used"),
                rows=tuple(
                    (one.workload, one.cell, "" if one.parts is None else f"{one.parts:.3f}", f"{one.cores:.3f}")
                    for one in found
                ),
            ),
            TextTable(
                headings=("two nodes", "the lab", "/proc", "ratio"),
                rows=tuple(
                    (f"trial {number}", f"{pair.reported:.3f}", f"{pair.seen:.3f}", f"{pair.reported / pair.seen:.3f}")
                    for number, pair in enumerate(both, start=1)
                ),
            ),
        ),
        notes=(
            f"Both columns are over the {usable:g} usable cores. CPU parts: time on a core in body and storing, times "
            "throughput; empty where slots share a thread. Cores used: CPU time of the worker's processes, per second.",
        ),
        bounds=(
            Bound(
                claim=f"CPU parts times throughput are at most {MOST_PARTS} of the usable cores",
                found=f"worst {parts.parts:.3f}, {parts.workload} in {parts.cell}",
                holds=(parts.parts or 0.0) <= MOST_PARTS,
            ),
            Bound(
                claim=f"cores used are at most {MOST_CORES} of the usable cores",
                found=f"worst {cores.cores:.3f}, {cores.workload} in {cores.cell}",
                holds=cores.cores <= MOST_CORES,
            ),
            Bound(
                claim=f"cores used by two nodes on one host are within {OFF:.0%} of /proc, at the median",
                found=f"{off:+.1%}",
                holds=abs(off) <= OFF,
            ),
        ),
        figures={"core_sums": found, "pairs": both},
    )


if __name__ == "__main__":
    command("cores", __doc__ or "", measure)
