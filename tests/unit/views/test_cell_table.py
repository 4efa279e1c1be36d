"""The table of cells."""

from __future__ import annotations

from dataclasses import replace

from services.core.models import Model
from services.core.summary import Warn
from services.views.cell_table import cells
from tests.unit.cli.example import cell, report, unmeasured, warned


def test_a_cell_has_its_figures_in_the_units_of_the_headings() -> None:
    found = cells(report(cell(Model.THREADS, 2, rate=100.0)))
    assert found.rows == (("threads@2", 100.0, 98.0, 102.0, 8.1, 45.0, 310.0, None),)
    assert [column.unit for column in found.columns][-4:-1] == ["ms", "MiB", "µs"]


def test_a_cell_without_a_finished_trial_has_no_figures() -> None:
    assert cells(report(unmeasured(Model.GEVENT, 4))).rows == (("gevent@4", *[None] * 7),)


def test_handover_is_left_out_at_a_planned_rate() -> None:
    assert cells(report(replace(cell(Model.THREADS, 2), rate=50.0))).rows[0][6] is None


def test_the_cells_of_the_first_rank_carry_a_star() -> None:
    found = cells(report(cell(Model.THREADS, 1), cell(Model.PREFORK, 2), best=("prefork@2",)))
    assert [row[0] for row in found.rows] == ["threads@1", "prefork@2 *"]


def test_warnings_are_numbered_in_the_order_of_the_cells() -> None:
    busy, unstable = warned(Warn.HOST_BUSY), warned(Warn.UNSTABLE)
    found = cells(report(cell(Model.THREADS, 1, warnings=(busy,)), cell(Model.THREADS, 2, warnings=(unstable, busy))))
    assert [row[-1] for row in found.rows] == ["[1]", "[1,2]"]


def test_of_many_warnings_the_first_are_marked() -> None:
    many = cell(Model.THREADS, 1, warnings=tuple(warned(name) for name in list(Warn)[:8]))
    assert cells(report(many)).rows[0][-1] == "[1,2,3,4,5,…]"
