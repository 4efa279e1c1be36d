"""The Pareto front: the cells that no other cell beats in throughput and memory."""

from __future__ import annotations

from dataclasses import replace

from services.analysis.across.pareto import pareto_fronts
from services.core.findings import OnFront
from services.core.models import Model
from services.core.summary import CellSummary, Interval
from tests.unit.analysis.summaries import cell, weighed

A, B = cell(Model.PREFORK, 2), cell(Model.THREADS, 2)


def summary(of: CellSummary, rate: float, memory: int, *, off: float = 0.1) -> CellSummary:
    """A cell with this throughput and peak memory, each with bounds that are so far off; no bounds if 0."""
    assert of.memory is not None
    throughput = Interval(estimate=rate, low=rate * (1 - off) if off else None, high=rate * (1 + off) if off else None)
    low, high = (round(memory * (1 - off / 2)), round(memory * (1 + off / 2))) if off else (None, None)
    pss = replace(of.memory.pss, peak=Interval(estimate=memory, low=low, high=high))
    return replace(of, throughput=throughput, memory=replace(of.memory, pss=pss))


def on_front(rate: float, memory: int, *, off: float = 0.1) -> OnFront:
    """The place of a cell beside one of 100 tasks/s in 100 bytes."""
    one, other = weighed(A, [9]), weighed(B, [9])
    (found,) = pareto_fronts([summary(one, 100, 100, off=off), summary(other, rate, memory, off=off)])
    return found.on_front[B.name]


def test_a_faster_or_smaller_cell_is_on_the_front() -> None:
    assert on_front(101, 200) is on_front(50, 99) is OnFront.YES


def test_a_cell_that_is_beaten_beyond_the_intervals_is_off_the_front() -> None:
    assert on_front(50, 101) is on_front(99, 150) is OnFront.NO


def test_a_cell_that_is_beaten_within_the_intervals_is_too_close_to_call() -> None:
    assert on_front(99, 101) is OnFront.TOO_CLOSE


def test_without_intervals_a_beaten_cell_is_too_close_to_call() -> None:
    assert on_front(50, 200, off=0) is OnFront.TOO_CLOSE


def test_the_front_starts_with_the_smallest_memory() -> None:
    cells = [cell(Model.THREADS, slots) for slots in (1, 2, 4)]
    made = [
        summary(weighed(of, [9]), rate, memory)
        for of, rate, memory in zip(cells, (100, 300, 200), (10, 40, 20), strict=True)
    ]
    (found,) = pareto_fronts(made)
    assert found.cells == ("threads@1", "threads@4", "threads@2")


def test_each_variant_has_a_front_of_its_own() -> None:
    small, large = (weighed(cell(Model.THREADS, 1, limit=limit), [9]) for limit in (1, 2))
    assert [front.cells for front in pareto_fronts([small, large])] == [(small.name,), (large.name,)]


def test_cells_at_a_planned_rate_have_no_front() -> None:
    assert pareto_fronts([weighed(cell(Model.THREADS, 1, rate=10.0), [9])]) == ()
