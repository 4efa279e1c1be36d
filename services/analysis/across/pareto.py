"""The Pareto front of throughput against peak memory: the cells that no other cell beats in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.core.findings import OnFront, ParetoFront
from services.core.summary import CellSummary, Interval


def pareto_fronts(cells: Sequence[CellSummary]) -> tuple[ParetoFront, ...]:
    """Return one front per variant, of the measured cells with a full queue: at planned rates throughput is given."""
    variants: dict[tuple[object, ...], list[CellSummary]] = {}
    for cell in cells:
        if cell.rate is None and cell.throughput and cell.memory:
            variants.setdefault(tuple(cell.variant.items()), []).append(cell)
    return tuple(map(_pareto_front, variants.values()))


def _pareto_front(cells: Sequence[CellSummary]) -> ParetoFront:
    front = _front(cells)
    return ParetoFront(cells=tuple(front), on_front={cell.name: _on_front(cell, cells, front) for cell in cells})


def _front(cells: Iterable[CellSummary]) -> list[str]:
    """Return the names of the cells on the front of the medians, smallest memory first."""
    front: list[str] = []
    fastest = 0.0
    for cell in sorted(cells, key=lambda cell: (_memory(cell).estimate, -_rate(cell).estimate)):
        if not front or _rate(cell).estimate > fastest:
            front.append(cell.name)
            fastest = _rate(cell).estimate
    return front


def _on_front(cell: CellSummary, alike: Iterable[CellSummary], front: Sequence[str]) -> OnFront:
    """Return where a cell is; one that is beaten by its medians alone is too close to call."""
    if cell.name in front:
        return OnFront.YES
    return OnFront.NO if any(_beats(other, cell) for other in alike) else OnFront.TOO_CLOSE


def _beats(other: CellSummary, cell: CellSummary) -> bool:
    """Return whether both medians are no worse, and one of them is better beyond the intervals."""
    faster = _lies_above(_rate(other), _rate(cell))
    smaller = _lies_above(_memory(cell), _memory(other))
    no_worse = _rate(other).estimate >= _rate(cell).estimate and _memory(other).estimate <= _memory(cell).estimate
    return no_worse and (faster or smaller)


def _lies_above(one: Interval, other: Interval) -> bool:
    """Return whether all of one interval is above all of the other; False where one of them is unknown."""
    return one.low is not None and other.high is not None and one.low > other.high


def _rate(cell: CellSummary) -> Interval:
    assert cell.throughput is not None
    return cell.throughput


def _memory(cell: CellSummary) -> Interval:
    assert cell.memory is not None
    return cell.memory.pss.peak
