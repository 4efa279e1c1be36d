"""Watches the processes of a measured worker: memory over time, and what they used over a window."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from services.core.cpu_usage import CoreWait, Usage
from services.core.trial import Sample
from services.core.units import NANOSECOND, Seconds
from services.node import cgroup, processes
from services.node.cgroup import Throttlings
from services.node.processes import CoreWaits, CpuTime, Switches

#: Between two samples: short enough to see a peak, long enough to stay under 1 % of a core.
INTERVAL: Seconds = 0.2


def sample(pid: int) -> Sample:
    """Memory of the process `pid` and its children, now."""
    pss = uss = rss = count = 0
    for process in processes.tree(pid):
        try:
            memory = processes.memory(process)
        except psutil.NoSuchProcess:
            continue
        pss, uss, rss, count = pss + memory.pss, uss + memory.uss, rss + memory.rss, count + 1
    return Sample(at=time.monotonic_ns(), pss=pss, uss=uss, rss=rss, processes=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Samples and usage from `start` to `stop`."""

    samples: tuple[Sample, ...] = ()
    usage: Usage
    core_waits: tuple[CoreWait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCpu:
    """The CPU time of a server of the lab: the broker under test, or the ledger."""

    #: Returns what it has used so far. May raise, and then so do `Sampler` and its `stop`.
    read: Callable[[], Seconds]
    #: Whether it runs on this host.
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Running totals of everything that `Usage` is a difference of."""

    at: Seconds
    worker: CpuTime
    switches: Switches
    core_waits: CoreWaits
    throttlings: Throttlings
    agent: CpuTime
    host: Seconds
    steal: Seconds
    broker: Seconds
    ledger: Seconds


class Sampler:
    """Samples memory on a thread of its own from `start` to `stop`, and measures its own cost."""

    def __init__(
        self,
        pid: int,
        broker: ServerCpu,
        *,
        ledger: ServerCpu | None = None,
        interval: Seconds = INTERVAL,
        agent: int | None = None,
    ) -> None:
        """`ledger` is the ledger's server where that is another one than the broker's.

        `agent` is the process whose own work, with that of its other children, is the lab's; None = this one.
        """
        self._pid = pid
        self._broker = broker
        self._ledger = ledger
        self._agent = os.getpid() if agent is None else agent
        self._interval = interval
        self._done = threading.Event()
        self._samples: list[Sample] = []
        self._cost: Seconds = 0.0
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self._before = self._read()

    def start(self) -> None:
        """Begin the window."""
        self._thread.start()

    def stop(self) -> Watched:
        """End the window."""
        after = self._read()
        self.close()
        return Watched(
            samples=tuple(self._samples),
            usage=self._usage(self._before, after),
            core_waits=_core_waits(self._before.core_waits, after.core_waits),
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

    def _read(self) -> _Reading:
        # First what takes long and what needs no exact moment.
        waits, switches = processes.core_waits(self._pid), processes.switches(self._pid)
        broker, throttlings = self._broker.read(), cgroup.throttlings()
        ledger = self._ledger.read() if self._ledger else 0.0
        worker = processes.cpu_time(self._pid)
        agent = processes.helpers_cpu_time(self._agent, self._pid)
        host = psutil.cpu_times()
        return _Reading(
            at=time.monotonic(),
            worker=worker,
            switches=switches,
            core_waits=waits,
            throttlings=throttlings,
            agent=agent,
            host=host.user + host.nice + host.system + host.irq + host.softirq,
            steal=host.steal,
            broker=broker,
            ledger=ledger,
        )

    def _usage(self, before: _Reading, after: _Reading) -> Usage:
        user, system = after.worker.user - before.worker.user, after.worker.system - before.worker.system
        agent = after.agent.whole - before.agent.whole
        # A server that was started again counts from 0.
        broker, ledger = max(0.0, after.broker - before.broker), max(0.0, after.ledger - before.ledger)
        throttling = cgroup.throttled(before.throttlings, after.throttlings)
        known = user + system + agent + (broker if self._broker.here else 0.0)
        known += ledger if self._ledger and self._ledger.here else 0.0
        return Usage(
            user=user,
            system=system,
            voluntary_switches=after.switches.voluntary - before.switches.voluntary,
            involuntary_switches=after.switches.involuntary - before.switches.involuntary,
            throttled=throttling.seconds,
            throttled_periods=throttling.stopped,
            others=after.host - before.host - known,
            steal=after.steal - before.steal,
            sampler=self._cost,
            broker=broker,
            elapsed=after.at - before.at,
            periods=throttling.periods,
            cpus=len(os.sched_getaffinity(0)),
            agent=agent,
            broker_here=self._broker.here,
        )


def _core_waits(before: CoreWaits, after: CoreWaits) -> tuple[CoreWait, ...]:
    """Return each thread's wait for a core; a thread that began in between waited for nothing before."""
    return tuple(
        CoreWait(pid=pid, thread=thread, waited=waited - before.get((pid, thread), 0.0))
        for (pid, thread), waited in after.items()
    )
