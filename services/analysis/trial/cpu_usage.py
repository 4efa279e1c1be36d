"""CPU use of a trial's workers, over the nodes that measured it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from services.analysis.trial.shares import Boot, Share
from services.core.cpu_usage import CoresUsed, Usage
from services.core.units import Seconds


def added_up(shares: Sequence[Share]) -> Usage:
    """Return sums over nodes, for figures per task. For figures per second use `cores_used`."""
    used = [share.node.usage for share in shares]
    return Usage(
        user=sum(usage.user for usage in used),
        system=sum(usage.system for usage in used),
        voluntary_switches=sum(usage.voluntary_switches for usage in used),
        involuntary_switches=sum(usage.involuntary_switches for usage in used),
        throttled=sum(usage.throttled for usage in used),
        throttled_periods=sum(usage.throttled_periods for usage in used),
        others=sum(usage.others for usage in used),
        steal=sum(usage.steal for usage in used),
        sampler=sum(usage.sampler for usage in used),
        # All nodes have one broker, and each saw all of it.
        broker=max(usage.broker for usage in used),
        elapsed=max(usage.elapsed for usage in used),
        periods=sum(usage.periods for usage in used),
        cpus=sum(usage.cpus for usage in used),
        agent=sum(usage.agent for usage in used),
        broker_here=any(usage.broker_here for usage in used),
    )


def cores_used(boots: Sequence[Boot]) -> CoresUsed:
    """Return the sum over nodes of rates over each node's elapsed time; values of a host count once per host."""
    used = [share.node.usage for boot in boots for share in boot.shares]
    return CoresUsed(
        user=sum(_rate(usage.user, usage) for usage in used),
        system=sum(_rate(usage.system, usage) for usage in used),
        others=sum(_others(boot) for boot in boots),
        steal=sum(fmean(_rates(boot, lambda usage: usage.steal)) for boot in boots),
        sampler=sum(_rate(usage.sampler, usage) for usage in used),
        agent=sum(_rate(usage.agent, usage) for usage in used),
        broker=max(_rate(usage.broker, usage) for usage in used),
        throttled=max(usage.throttled_periods / usage.periods if usage.periods else 0.0 for usage in used),
        stopped=max(_rate(usage.throttled, usage) / max(1, usage.cpus) for usage in used),
    )


def _others(boot: Boot) -> float:
    """Return the cores that other programs kept busy on one host, at least 0.

    Every node measured the whole host less its own worker and agent. So the host counts once, less the workers and
    agents of all nodes.
    """
    own = _rates(boot, lambda usage: usage.user + usage.system + usage.agent)
    rest = _rates(boot, lambda usage: usage.others)
    return max(0.0, fmean(map(sum, zip(rest, own, strict=True))) - sum(own))


def _rates(boot: Boot, of: Callable[[Usage], Seconds]) -> list[float]:
    """Return one rate per node."""
    return [_rate(of(share.node.usage), share.node.usage) for share in boot.shares]


def _rate(seconds: Seconds, usage: Usage) -> float:
    return seconds / usage.elapsed
