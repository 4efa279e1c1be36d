"""The reason why a trial has no figures, with counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from concurrency_lab_inside.stamps import Outcome
from services.analysis.trial.flow import carried
from services.analysis.trial.shares import Share, count
from services.analysis.trial.spans import SpanTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a trial has no figures."""

    #: All reasons with their counts; empty if the trial has figures.
    text: str
    #: Tasks whose stamps contradict each other; counted only where nothing else is wrong.
    disordered: int = 0


def reason(shares: Sequence[Share]) -> Reason:
    """Return why there are no figures."""
    several = len(shares) > 1
    reasons = [
        f"{share.node.node}: {share.node.failure}" if several else share.node.failure
        for share in shares
        if share.node.failure
    ]
    broken = bool(reasons)
    published = count(shares, lambda part: int((part.published != 0).sum()))
    if lost := _losses(shares):
        reasons.append(f"{sum(lost.values())} of {published} tasks lost: {_listed(lost)}")
    if raised := count(shares, lambda part: int(part.raised.sum())):
        reasons.append(f"{raised} of {published} tasks raised")
    if not broken and (missing := count(shares, len) - published):
        reasons.append(f"{missing} of {missing + published} tasks were never published")
    return Reason(text="; ".join(reasons)) if reasons else _unmeasurable(shares)


def _losses(shares: Sequence[Share]) -> dict[str, int]:
    """Return the number of lost tasks by the last stage that they reached; only stages that occurred."""
    lost = [part.where(part.lost) for share in shares for part in share.parts]
    found = {"never received": 0, "never started": 0, "started and not finished": 0, "in a slot that died": 0}
    found["ended at their hard time limit"] = 0
    for part in lost:
        died, late = part.outcome == Outcome.SLOT_LOST, part.outcome == Outcome.TIMED_OUT
        begun = ~died & ~late & (part.started != 0)
        received = ~died & ~late & ~begun & (part.received != 0)
        unknown = ~died & ~late & ~begun & ~received
        for words, mask in zip(found, (unknown, received, begun, died, late), strict=True):
            found[words] += int(mask.sum())
    return {words: number for words, number in found.items() if number}


def _listed(losses: dict[str, int]) -> str:
    return ", ".join(f"{number} {words}" for words, number in losses.items())


def _unmeasurable(shares: Sequence[Share]) -> Reason:
    """Return why complete spans still give no figures; an empty reason if they do."""
    if not shares:
        return Reason(text="no node took part")
    if not all(len(share.saturate) for share in shares):
        return Reason(text="a node had no task in the saturate phase")
    if not any(len(carried(share.ping)) for share in shares):
        return Reason(text="no task of the ping phase returned")
    if disordered := sum(_disordered(share.saturate) for share in shares):
        tasks = sum(len(share.saturate) for share in shares)
        return Reason(text=f"{disordered} of {tasks} tasks lack a stamp or go back in time", disordered=disordered)
    return Reason(text="")


def _disordered(part: SpanTable) -> int:
    started, finished = part.started, part.finished
    return int(((started == 0) | (finished <= started) | (part.stored < finished)).sum())
