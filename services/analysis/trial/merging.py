"""One trial: the shares of its nodes, merged into a TrialResult."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from concurrency_lab_inside.stamps import Outcome
from services.analysis.trial import cpu_usage, failures, flow
from services.analysis.trial.shares import Share, by_boot, count, opened
from services.analysis.trial.spans import SpanTable
from services.core.experiment import Trial
from services.core.figures import Figures, Footprint, Latency, ReturnedNumbers
from services.core.models import Model
from services.core.trial import NodeTrial, OtherEndings, Phases, Sample, TrialResult
from services.core.units import NANOSECOND, Bytes, Rate, Seconds


def summarise(trial: Trial, shares: Sequence[NodeTrial], *, elapsed: Seconds) -> TrialResult:
    """Merge the shares of a trial's nodes.

    The trial fails when a share failed, when a task was lost, raised or never published, or when the spans are
    incomplete or contradictory. `elapsed` runs from the conductor's order to its answer. Raises Unreadable for packed
    spans that cannot be read.
    """
    whole = [opened(share) for share in shares]
    reason = failures.reason(whole)
    return TrialResult(
        trial=trial,
        nodes=tuple(share.node for share in shares),
        failure=reason.text,
        disordered=reason.disordered,
        lost=count(whole, lambda part: int(part.lost.sum())),
        duplicates=count(whole, lambda part: int(part.duplicated.sum())),
        figures=None if reason.text else _figures(whole, trial.cell.model),
        facts=shares[0].facts if shares else None,
        phases=max((share.phases for share in shares), key=_total, default=None),
        elapsed=elapsed,
        endings=OtherEndings(
            retried=_ended(whole, Outcome.RETRIED),
            ignored=_ended(whole, Outcome.IGNORED),
            rejected=_ended(whole, Outcome.REJECTED),
        ),
        children=sum(int(share.saturate.children.sum()) for share in whole),
        died_with_slot=count(whole, lambda part: int((part.lost & (part.started != 0)).sum())),
    )


def _ended(shares: Sequence[Share], outcome: Outcome) -> int:
    return sum(int((share.saturate.outcome == outcome).sum()) for share in shares)


def _total(phases: Phases) -> Seconds:
    return phases.overhead + phases.ping + phases.saturate


def _figures(shares: Sequence[Share], model: Model) -> Figures:
    """Return the figures; all tasks have ended well, and all stamps used here exist."""
    boots = by_boot(shares)
    tasks = sum(boot.tasks for boot in boots)
    rate: Rate = sum(boot.tasks / boot.window for boot in boots)
    pings = SpanTable(np.concatenate([share.ping.rows for share in shares]))
    return Figures(
        throughput=rate,
        # One boot's own window; for several boots the window in which all tasks together give this rate.
        window=tasks / rate,
        tasks=tasks,
        latency=_latency(shares),
        handover=flow.handover_cost(pings),
        pss=_footprint(shares, lambda sample: sample.pss),
        uss=_footprint(shares, lambda sample: sample.uss),
        rss=_footprint(shares, lambda sample: sample.rss),
        usage=cpu_usage.added_up(shares),
        in_slots=sum(boot.in_slots for boot in boots),
        carriage=flow.carriage(pings),
        breakdown=flow.breakdown(tuple(shares), separable=model.traits.has_thread_per_slot),
        littles_law=max(map(flow.little, boots), key=lambda ratio: abs(ratio - 1)),
        idle_gap=max(map(flow.idle_gap, boots)),
        pace=min(map(flow.pace, boots)),
        publisher_lag=max(share.node.publisher_lag for share in shares),
        reconnects=sum(share.node.reconnects for share in shares),
        broker_wait=max((one for share in shares if (one := share.node.broker_wait) is not None), default=None),
        returned=ReturnedNumbers(
            least=min(int(share.saturate.number.min()) for share in shares),
            most=max(int(share.saturate.number.max()) for share in shares),
        ),
        cores_used=cpu_usage.cores_used(boots),
    )


def _latency(shares: Sequence[Share]) -> Latency:
    """Return percentiles of latency: from the planned time where there is one, else from the start (see `Latency`)."""
    held = np.concatenate(
        [
            (share.saturate.stored - share.saturate.published) * NANOSECOND
            if share.node.scheduled
            else share.saturate.held
            for share in shares
        ]
    )
    p50, p95, p99 = (float(value) for value in np.percentile(held, (50, 95, 99), overwrite_input=True))
    return Latency(p50=p50, p95=p95, p99=p99)


def _footprint(shares: Sequence[Share], memory: Callable[[Sample], Bytes]) -> Footprint:
    """Return memory summed over nodes, each at its own peak; without a sample in the window the idle value counts."""
    return Footprint(
        idle=sum(memory(share.node.idle) for share in shares),
        peak=sum(max(map(memory, share.node.samples or (share.node.idle,))) for share in shares),
    )
