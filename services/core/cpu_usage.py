"""CPU time of measured workers and of everything beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Self

from pydantic import AliasChoices, Field

from services.core.units import Seconds

#: Scheduling period of a CPU quota unless it is set otherwise.
DEFAULT_PERIOD: Final[Seconds] = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Differences between two readings around the saturate phase, of one node, or added up over nodes.

    The measured worker is its main process and all descendants, those that ended between the readings included.
    """

    user: Seconds
    system: Seconds
    voluntary_switches: int
    involuntary_switches: int
    #: Time the CPU quota stopped the cgroup, added up over its CPUs, and in how many scheduling periods it did.
    throttled: Seconds
    throttled_periods: int
    #: CPU time of everything on the host that is not the lab: not the worker, the agent, or its servers that run there.
    #: Up to a clock tick per process below 0 where there is nothing else.
    others: Seconds
    #: CPU time that the hypervisor gave to other machines.
    steal: Seconds
    #: CPU time of the thread that samples memory; a part of `agent`.
    sampler: Seconds
    #: CPU time of the broker's server for all its clients, on any host. Stored by earlier versions as
    #: `store`, whose server was the ledger too.
    broker: Annotated[Seconds, Field(validation_alias=AliasChoices("broker", "store"))]
    #: Time between the two readings, the longest of several nodes. 0: not known (stored by an earlier version).
    elapsed: Seconds = 0.0
    #: Scheduling periods in which the cgroup had something to run, and CPUs on which it may run.
    periods: int = 0
    cpus: int = 0
    #: CPU time of the node's agent and its helpers: sampler, publisher, loopback web server.
    agent: Seconds = 0.0
    #: Whether the broker's server runs on this host; then `others` leaves it out. Stored earlier as `store_here`.
    broker_here: Annotated[bool, Field(validation_alias=AliasChoices("broker_here", "store_here"))] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreWait:
    """How long one thread of a measured worker was ready to run and waited for a core."""

    pid: int
    #: Native thread id.
    thread: int
    #: Between the two readings of `Usage`.
    waited: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CoresUsed:
    """CPU seconds per second of the saturate phase: per node over its own elapsed time, then added up."""

    #: The measured workers, in user code and in the kernel.
    user: float
    system: float
    #: As in `Usage`; each host counts once.
    others: float
    steal: float
    sampler: float
    agent: float
    broker: Annotated[float, Field(validation_alias=AliasChoices("broker", "store"))]
    #: Share of the scheduling periods in which the CPU quota stopped the worker; the largest of all nodes.
    throttled: float
    #: Share of the time for which it stopped each CPU, on average. None: not known.
    stopped: float | None

    @property
    def worker(self) -> float:
        """User and system time together."""
        return self.user + self.system

    @classmethod
    def over_window(cls, usage: Usage, window: Seconds) -> Self:
        """Make it from figures stored before elapsed time was measured: over the window, the broker among others."""
        return cls(
            user=usage.user / window,
            system=usage.system / window,
            others=usage.others / window,
            steal=usage.steal / window,
            sampler=usage.sampler / window,
            agent=usage.sampler / window,
            broker=usage.broker / window,
            throttled=min(1.0, usage.throttled_periods * DEFAULT_PERIOD / window),
            stopped=None,
        )
