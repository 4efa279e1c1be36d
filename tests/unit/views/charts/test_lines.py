"""Figures that are lines over what cells differ in most."""

from __future__ import annotations

from typing import Any

import pytest

from services.core.models import Model
from services.views.charts.catalogue import charts
from services.views.charts.drawing import Drawing
from services.views.charts.handover import HANDOVER
from services.views.charts.peak_memory import MEMORY
from services.views.charts.throughput import THROUGHPUT
from tests.unit.views.charts import reports

FINISHED = reports.finished()
by_name = pytest.mark.parametrize("figure", [THROUGHPUT, MEMORY, HANDOVER], ids=lambda figure: figure.name)


def lines(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """The traces with points, without levels and guides."""
    return [trace for trace in chart["data"] if "markers" in trace["mode"]]


@by_name
def test_chart_and_table_have_the_same_values(figure: Drawing) -> None:
    drawn = [
        (trace["name"], x, y, y - minus, y + plus)
        for trace in lines(figure.chart(FINISHED))
        if trace["yaxis"] == "y"
        for x, y, minus, plus in zip(
            trace["x"], trace["y"], trace["error_y"]["arrayminus"], trace["error_y"]["array"], strict=True
        )
    ]
    listed = [row[:5] for row in figure.table(FINISHED).rows]
    assert len(drawn) == len(listed) == 10
    for one, other in zip(drawn, listed, strict=True):
        assert one[:2] == other[:2]
        assert one[2:] == pytest.approx(other[2:])


@by_name
def test_a_model_looks_the_same_everywhere_and_unlike_any_other(figure: Drawing) -> None:
    for trace in lines(figure.chart(FINISHED)):
        look = Model(trace["name"]).traits.appearance
        assert (trace["line"]["color"], trace["line"]["dash"], trace["marker"]["symbol"]) == (
            look.colour,
            look.dash,
            look.marker,
        )


@by_name
def test_replicas_are_lines_of_their_own(figure: Drawing) -> None:
    drawn = lines(figure.chart(reports.finished(replicas=(1, 2))))
    assert {trace["name"] for trace in drawn} == {*Model, *(f"{model} x2" for model in Model)}
    symbols = {trace["name"]: trace["marker"]["symbol"] for trace in drawn}
    assert symbols["threads x2"] == f"{symbols['threads']}-open"


def test_four_series_of_a_model_can_be_told_apart() -> None:
    many = reports.finished(replicas=(1, 2, 3, 4))
    marks = [trace["marker"] for trace in lines(THROUGHPUT.chart(many)) if trace["name"].startswith("threads")]
    assert len({mark["symbol"] for mark in marks}) == 4
    dotted = [mark for mark in marks if mark["symbol"].endswith("-dot") and "open" not in mark["symbol"]]
    assert dotted and all(mark["line"]["color"] != mark["color"] for mark in dotted), "a dot is drawn as its outline is"


@by_name
def test_a_single_repeat_has_no_bars(figure: Drawing) -> None:
    assert not any(trace["error_y"]["visible"] for trace in lines(figure.chart(reports.finished(repeats=1))))


def test_axes_begin_at_zero_and_tick_where_something_was_measured() -> None:
    layout = charts(FINISHED)["throughput"]["layout"]
    assert layout["yaxis"]["rangemode"] == "tozero"
    assert (layout["xaxis"]["tickvals"], layout["xaxis"]["ticktext"]) == ([1, 2, 4], ["1", "2", "4"])


def test_units_are_those_of_the_headings() -> None:
    prefork = next(cell for cell in FINISHED.cells if cell.name == "prefork@4")
    assert prefork.memory is not None and prefork.handover is not None and prefork.carriage is not None
    memory, handover = MEMORY.table(FINISHED).rows[-1], HANDOVER.table(FINISHED).rows[-1]
    assert memory[:2] == handover[:2] == ("prefork", 4)
    assert memory[2] == pytest.approx(prefork.memory.pss.peak.estimate / 2**20)
    assert memory[-1] == pytest.approx(prefork.memory.rss.peak.estimate / 2**20)
    assert handover[2] == pytest.approx(prefork.handover.estimate * 1000)
    assert handover[5:] == pytest.approx(
        [1000 * part for part in (prefork.carriage.handing_over, prefork.carriage.returning, 0.0009, 0.0011)]
    )


def test_a_sweep_is_laid_out_over_its_sizes() -> None:
    axis = THROUGHPUT.chart(reports.carrying())["layout"]["xaxis"]
    assert (axis["type"], axis["tickvals"], axis["ticktext"]) == (
        "linear",
        [0, 65_536, 1_048_576],
        ["0", "64 Ki", "1 Mi"],
    )
    names = {trace["name"] for trace in lines(THROUGHPUT.chart(reports.carrying()))}
    assert names == {"threads@2", "prefork@2"}


def test_lines_of_two_sweeps_can_be_distinguished() -> None:
    names = {trace["name"] for trace in lines(THROUGHPUT.chart(reports.sent_by_pipe_and_queue()))}
    assert names == {"prefork@1 kind=pipe", "prefork@1 kind=queue"}


def test_panels_stand_one_above_another_where_it_is_narrow() -> None:
    layout = MEMORY.chart(FINISHED)["layout"]
    narrow = layout["meta"]["narrow"]
    assert narrow["height"] > 2 * layout["height"]
    assert all(narrow[axis]["domain"] == (0, 1) for axis in ("xaxis", "xaxis2", "xaxis3"))
    (first, top), (second, below), (last, bottom) = (narrow[axis]["domain"] for axis in ("yaxis", "yaxis2", "yaxis3"))
    assert top == 1 and first > below > second > bottom > last == 0
