"""What limits the cells of a variant: which cells are judged, in which order the rules are asked, and the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.analysis.answer import compute_limits, wait_limits
from services.analysis.answer.limit_rule import Found, VariantReadings
from services.analysis.answer.readings import CellReading
from services.core.advice import Diagnosis, Limit

#: The first rule that finds something in a cell decides: from what the figures show directly to what they imply.
RULES: Final = (
    wait_limits.prefetch,
    wait_limits.memory,
    compute_limits.quota,
    wait_limits.own_waiting,
    wait_limits.serialised,
    wait_limits.blocked_loop,
    compute_limits.neighbour,
    compute_limits.threads_inside,
    compute_limits.carrying,
    compute_limits.one_thread,
    compute_limits.gil,
    compute_limits.cores,
    wait_limits.empty_slots,
)
_MORE: Final = "Measure more models and more slots (--models, --concurrency): one cell is compared with another."


def diagnoses(about: VariantReadings, first: str = "") -> tuple[Diagnosis, ...]:
    """Return what limits the best cell of every model, one per limit: that of the cell `first`, then fastest first.

    Cells with several slots are judged where there are any: a single slot is limited by itself. A cell that no rule
    knows is listed as not known only if nothing at all is known.
    """
    judged = _judged(about.cells, first)
    found: dict[Limit, list[tuple[CellReading, Found]]] = {}
    for one in judged:
        found_here = next((each for rule in RULES if (each := rule(one, about)) is not None), None)
        if found_here is not None:
            found.setdefault(found_here.limit, []).append((one, found_here))
    known = tuple(_together(cells) for cells in found.values())
    if known or not judged:
        return known
    names = tuple(one.name for one in judged)
    text = "No rule explains these figures."
    return (Diagnosis(limit=Limit.UNKNOWN, cells=names, text=text, remedy=_MORE, evidence=()),)


def _judged(cells: Sequence[CellReading], first: str) -> list[CellReading]:
    """Return the fastest cell of every model among those with several slots, else of all; `first` before them."""
    ordered = sorted(cells, key=lambda one: (one.slots == 1, -one.rate))
    best: dict[str, CellReading] = {}
    for one in ordered:
        best.setdefault(one.model, one)
    found = [one for one in best.values() if one.name != first]
    return [*(one for one in cells if one.name == first), *found]


def _together(found: Sequence[tuple[CellReading, Found]]) -> Diagnosis:
    """Return one diagnosis of cells with the same limit, in the words of the first."""
    leading = found[0][1]
    return Diagnosis(
        limit=leading.limit,
        cells=tuple(one.name for one, _ in found),
        text=leading.text,
        remedy=leading.remedy,
        evidence=tuple(each for _, one in found for each in one.evidence),
    )
