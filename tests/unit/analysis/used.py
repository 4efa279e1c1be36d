"""Hand-made use of the processors."""

from __future__ import annotations

from services.core.cpu_usage import CoresUsed, Usage


def usage(
    *,
    user: float = 0,
    system: float = 0,
    others: float = 0,
    steal: float = 0,
    throttled: float = 0,
    switches: int = 0,
    elapsed: float = 0,
) -> Usage:
    """On two CPUs; `elapsed` 0 takes the length of the window. A period of 100 ms is throttled for all of it."""
    return Usage(
        user=user,
        system=system,
        voluntary_switches=switches,
        involuntary_switches=switches,
        throttled=throttled,
        throttled_periods=round(throttled * 10),
        others=others,
        steal=steal,
        sampler=0.25,
        broker=0.5,
        elapsed=elapsed,
        periods=20,
        cpus=2,
        agent=0.375,
        broker_here=True,
    )


def cores_used(used: Usage, window: float) -> CoresUsed:
    """Of a single node."""
    elapsed = used.elapsed or window
    return CoresUsed(
        user=used.user / elapsed,
        system=used.system / elapsed,
        others=used.others / elapsed,
        steal=used.steal / elapsed,
        sampler=used.sampler / elapsed,
        agent=used.agent / elapsed,
        broker=used.broker / elapsed,
        throttled=used.throttled_periods / used.periods,
        stopped=used.throttled / used.cpus / elapsed,
    )
