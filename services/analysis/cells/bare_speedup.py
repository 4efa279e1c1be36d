"""Throughput of bare processes on the nodes of an experiment: the baseline for scaling, and its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from services.core.environment import Environment
from services.core.findings import BareSpeedup
from services.core.reference_loop import Reference

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def bare_speedups(environment: Environment) -> tuple[BareSpeedup, ...]:
    """Return the reference loop's result over all blocks, one per node."""
    found: dict[str, list[Reference]] = {}
    for one in environment.references:
        found.setdefault(one.node, []).append(one)
    return tuple(_over_blocks(found[node]) for node in sorted(found))


def _over_blocks(references: Sequence[Reference]) -> BareSpeedup:
    """Return the speed-up over blocks; `references` are those of one node, at least one, by block."""
    last = references[-1]
    speedups = [one.speedup for one in references if one.speedup is not None]
    rates = [one.one for one in references if one.one is not None]
    reasons = [one.missing for one in references if one.missing]
    return BareSpeedup(
        node=last.node,
        cores=last.cores,
        processes=last.processes,
        blocks=len(speedups),
        missing=len(reasons),
        reason=reasons[-1] if reasons else "",
        speedup=median(speedups) if speedups else None,
        lowest=min(speedups, default=None),
        highest=max(speedups, default=None),
        drift=max(rates) / min(rates) if rates else None,
    )


def sentences(found: Sequence[BareSpeedup]) -> tuple[str, ...]:
    """Return one sentence per node; with the node's name if there are several."""
    return tuple(_sentence(one, "here" if len(found) == 1 else f"on {one.node}") for one in found)


def _sentence(one: BareSpeedup, here: str) -> str:
    return " ".join(part for part in (_measured(one, here), _missing(one, here)) if part)


def _measured(one: BareSpeedup, here: str) -> str:
    if one.speedup is None:
        return ""
    if one.processes == 1:
        return f"One core is usable {here}: one bare process is the reference."
    over = f", {one.lowest:.2f} to {one.highest:.2f} over {one.blocks} blocks" if one.blocks > 1 else ""
    count = _NUMBERS[one.processes].capitalize() if one.processes < len(_NUMBERS) else str(one.processes)
    return f"{count} bare processes do {one.speedup:.2f} times the work of one {here} (reference loop{over})."


def _missing(one: BareSpeedup, here: str) -> str:
    if not one.missing:
        return ""
    if not one.blocks:
        return f"The reference loop could not be measured {here}: {one.reason}."
    return f"It is missing in {one.missing} of {one.blocks + one.missing} blocks: {one.reason}."
