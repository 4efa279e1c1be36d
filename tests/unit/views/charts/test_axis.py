"""What figures are laid out over."""

from __future__ import annotations

import pytest

from services.core.report import Report
from services.views.charts import axis
from services.views.charts.lines import up_logarithmic
from tests.unit.dashboard import made
from tests.unit.views.charts import reports


@pytest.mark.parametrize(
    ("report", "name"),
    [
        (reports.finished(), "concurrency"),
        (reports.loaded(), "rate"),
        (reports.carrying(), "argument_bytes"),
        (reports.sent_by_pipe_and_queue(), "message_bytes"),
        (reports.built(made.experiment(), trials=0), "concurrency"),
    ],
    ids=["grid", "rates", "sizes", "sizes and kinds", "nothing measured"],
)
def test_cells_are_laid_out_over_what_they_differ_in_most(report: Report, name: str) -> None:
    assert axis.longest(report.cells, report.units).name == name


def test_an_axis_that_holds_zero_is_not_logarithmic() -> None:
    assert axis.drawn(axis.RATE, [0, 10])["type"] == "linear"
    assert axis.drawn(axis.RATE, [1, 10])["type"] == "log"


@pytest.mark.parametrize(
    ("values", "ticks"),
    [((3, 40), [1, 2, 5, 10, 20, 50, 100, 200, 500]), ((0.01, 900), [0.01, 0.1, 1, 10, 100, 1000]), ((0,), [])],
    ids=["few decades", "many decades", "nothing to show"],
)
def test_a_logarithmic_axis_has_round_numbers(values: tuple[float, ...], ticks: list[float]) -> None:
    assert up_logarithmic("", values)["tickvals"] == ticks
