"""Groups of cells that differ in one property only."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.core.findings import Group
from services.core.summary import CellSummary


def swept(cells: Sequence[CellSummary]) -> tuple[str, ...]:
    """Return the parameters in which cells differ, in the order in which the workload declares them."""
    if not cells:
        return ()
    return tuple(name for name in cells[0].params if len({cell.params.get(name) for cell in cells}) > 1)


def grouped(
    cells: Sequence[CellSummary],
    *,
    at_a_rate: bool = False,
    concurrency: bool = False,
    params: Collection[str] = (),
) -> list[tuple[Group, list[CellSummary]]]:
    """Return the cells with a full queue, or the cells `at_a_rate`, by group, in their order.

    Cells of a group differ in concurrency if `concurrency`, in the parameters `params`, in rate, and in nothing else.
    """
    apart = [name for name in swept(cells) if name not in params]
    found: dict[tuple[object, ...], tuple[Group, list[CellSummary]]] = {}
    for cell in cells:
        if (cell.rate is not None) != at_a_rate:
            continue
        group = Group(
            model=cell.model,
            replicas=cell.replicas,
            concurrency=None if concurrency else cell.concurrency,
            variant={name: cell.params[name] for name in apart},
        )
        key = (group.model, group.replicas, group.concurrency, *group.variant.values())
        found.setdefault(key, (group, []))[1].append(cell)
    return list(found.values())
