"""The verdict on one variant at planned rates: the highest rate that each model keeps up with, and p99 there."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Final

from services.analysis.cells.load import load
from services.core.findings import Load
from services.core.labels import bare, planned_rate
from services.core.quantities import duration
from services.core.report import Sustained, VariantVerdict
from services.core.summary import CellSummary
from services.core.units import Rate, Value

#: Models and concurrencies that a sentence names.
MOST_NAMED: Final = 4


def verdict(variant: dict[str, Value], cells: Sequence[CellSummary]) -> VariantVerdict:
    """Return the rates that each model keeps up with at each concurrency; at least one cell has figures.

    Sorted by highest rate, then by lowest p99. Throughput is not compared: a worker that keeps up reaches the planned
    rate.
    """
    sustained = tuple(sorted(map(_sustained, load(cells)), key=_order))
    highest = max(cell.rate for cell in cells if cell.rate is not None)
    clauses = [_clause(one, highest) for one in sustained]
    if len(clauses) > MOST_NAMED:
        clauses[MOST_NAMED - 1 :] = [f"{len(clauses) - MOST_NAMED + 1} more are in the table"]
    text = "; ".join(clauses)
    return VariantVerdict(variant=variant, text=f"{text}.", brief=text, sustained=sustained)


def _sustained(found: Load) -> Sustained:
    kept = next((point for point in found.points if point.rate == found.highest_kept), None)
    return Sustained(
        group=found.group,
        highest_kept=found.highest_kept,
        cell=None if kept is None else kept.cell,
        p99=None if kept is None else kept.p99,
        lowest_missed=found.lowest_missed,
    )


def _order(one: Sustained) -> tuple[Rate, float]:
    return -(one.highest_kept or 0.0), inf if one.p99 is None else one.p99.estimate


def _clause(one: Sustained, highest: Rate) -> str:
    name = bare(one.group)
    missed = None if one.lowest_missed is None else planned_rate(one.lowest_missed)
    if one.highest_kept is None or one.p99 is None:
        if missed is None:
            return f"{name}: inconclusive, the publisher could not keep the schedule"
        return f"{name} does not keep up with {missed}"
    text = f"{name} keeps up with {planned_rate(one.highest_kept)} (p99 {duration(one.p99.estimate)})"
    if missed is not None:
        return f"{text}, not with {missed}"
    if one.highest_kept == highest:
        return text
    return f"{text}; above that the publisher could not keep the schedule"
