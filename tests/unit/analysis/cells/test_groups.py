"""Cells are put side by side that differ in one thing and in nothing else."""

from __future__ import annotations

from services.analysis.cells.groups import grouped, swept
from services.core.models import Model
from services.core.summary import CellSummary
from tests.unit.analysis.summaries import cell, measured

THREADS, PREFORK = Model.THREADS, Model.PREFORK


def made(*concurrencies: int, model: Model = THREADS, **params: int) -> list[CellSummary]:
    return [measured(cell(model, slots, **params), [100]) for slots in concurrencies]


def names(cells: list[CellSummary]) -> list[str]:
    return [one.name for one in cells]


def test_a_parameter_is_swept_when_cells_differ_in_it() -> None:
    assert swept([*made(1, size=1, rounds=5), *made(1, size=2, rounds=5)]) == ("size",)
    assert swept(made(1, 2, size=1)) == ()
    assert swept([]) == ()


def test_groups_and_their_cells_keep_their_order() -> None:
    cells = [*made(4, 2, model=PREFORK), *made(1), *made(8, model=PREFORK)]
    found = grouped(cells, concurrency=True)
    assert [(group.model, names(members)) for group, members in found] == [
        (PREFORK, ["prefork@4", "prefork@2", "prefork@8"]),
        (THREADS, ["threads@1"]),
    ]


def test_a_group_names_what_its_cells_have_in_common_and_no_more() -> None:
    cells = [*made(1, 2, size=1, rounds=5), *made(1, 2, size=2, rounds=5)]
    over_slots = [group for group, _ in grouped(cells, concurrency=True)]
    assert [(group.concurrency, group.variant) for group in over_slots] == [(None, {"size": 1}), (None, {"size": 2})]
    over_sizes = [group for group, _ in grouped(cells, params={"size"})]
    assert [(group.concurrency, group.variant) for group in over_sizes] == [(1, {}), (2, {})]


def test_replicas_are_kept_apart() -> None:
    cells = [measured(cell(THREADS, 2, replicas=replicas), [100]) for replicas in (1, 2)]
    assert [group.replicas for group, _ in grouped(cells, concurrency=True)] == [1, 2]


def test_cells_at_planned_rates_are_kept_apart_from_those_with_a_full_queue() -> None:
    cells = [measured(cell(THREADS, 2, rate=rate), [100]) for rate in (None, 10.0, 20.0)]
    assert [names(members) for _, members in grouped(cells)] == [["threads@2"]]
    assert [names(members) for _, members in grouped(cells, at_a_rate=True)] == [
        ["threads@2 at 10/s", "threads@2 at 20/s"]
    ]
