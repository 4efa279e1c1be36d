from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.figures.catalogue import FIGURES, charts
from dashboard.figures.drawing import Cells, Drawing
from dashboard.figures.palette import LOOKS, stylesheet
from services.analysis import report
from services.core.environment import Environment
from services.core.experiment import Experiment, Model
from services.planning import grid
from tests.unit.dashboard import made


def cells(asked: Experiment, trials: int | None = None) -> Cells:
    return report.build(
        made.record(asked),
        grid.plan(asked, asked.repeats),
        made.results(asked)[:trials],
        Environment(nodes=(made.node(),)),
        now=None,
        time=made.CREATED,
    ).cells


def lines(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """The traces with points, without the faint levels."""
    return [trace for trace in chart["data"] if "markers" in trace["mode"]]


FINISHED = cells(made.experiment())
by_name = pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)


@by_name
def test_a_chart_is_what_plotly_takes_and_json_holds(figure: Drawing) -> None:
    chart = json.loads(json.dumps(figure.chart(FINISHED), allow_nan=False))
    assert go.Figure(chart).data


@by_name
def test_chart_and_table_have_the_same_values(figure: Drawing) -> None:
    first_panel = [trace for trace in lines(figure.chart(FINISHED)) if trace["yaxis"] == "y"]
    drawn = [
        (trace["name"], x, y, y - minus, y + plus)
        for trace in first_panel
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
def test_every_column_has_a_heading_and_every_row_all_columns(figure: Drawing) -> None:
    table = figure.table(FINISHED)
    assert all(column.heading for column in table.columns)
    assert {len(row) for row in table.rows} == {len(table.columns)}


@by_name
def test_a_model_looks_the_same_everywhere_and_unlike_any_other(figure: Drawing) -> None:
    for trace in lines(figure.chart(FINISHED)):
        look = LOOKS[Model(trace["name"])]
        assert (trace["line"]["color"], trace["line"]["dash"], trace["marker"]["symbol"]) == (
            look.colour,
            look.dash,
            look.marker,
        )


def test_no_two_models_share_a_colour_a_marker_or_a_dash() -> None:
    assert set(LOOKS) == set(Model)
    for part in ("colour", "marker", "glyph", "dash"):
        assert len({getattr(look, part) for look in LOOKS.values()}) == len(Model)
    assert all(f".model-{model}::before" in stylesheet() for model in Model)


@by_name
def test_replicas_are_lines_of_their_own(figure: Drawing) -> None:
    both = cells(made.experiment(replicas=(1, 2)))
    names = {trace["name"] for trace in lines(figure.chart(both))}
    assert names == {*Model, *(f"{model} ×2" for model in Model)}
    symbols = {trace["name"]: trace["marker"]["symbol"] for trace in lines(figure.chart(both))}
    assert symbols["threads ×2"] == f"{symbols['threads']}-open"


@by_name
def test_nothing_measured_draws_nothing(figure: Drawing) -> None:
    empty = cells(made.experiment(), trials=0)
    assert figure.chart(empty)["data"] == []
    assert figure.table(empty).rows == ()


@by_name
def test_a_single_repeat_has_no_interval_and_no_bars(figure: Drawing) -> None:
    once = cells(made.experiment(repeats=1))
    assert all(row[3:5] == (None, None) for row in figure.table(once).rows)
    assert not any(trace["error_y"]["visible"] for trace in lines(figure.chart(once)))


def test_axes_begin_at_zero_and_tick_where_something_was_measured() -> None:
    layout = charts(FINISHED)["throughput"]["layout"]
    assert layout["yaxis"]["rangemode"] == "tozero"
    assert list(layout["xaxis"]["tickvals"]) == [1, 2, 4]


def test_units_are_those_of_the_headings() -> None:
    prefork = next(cell for cell in FINISHED if cell.name == "prefork@4")
    assert prefork.memory is not None and prefork.handover is not None
    rows = {figure.name: figure.table(FINISHED).rows[-1] for figure in FIGURES}
    assert rows["memory"][:2] == ("prefork", 4)
    assert rows["memory"][2] == pytest.approx(prefork.memory.pss.median / 2**20)
    assert rows["memory"][-1] == pytest.approx(prefork.memory.rss.median / 2**20)
    assert rows["handover"][2] == pytest.approx(prefork.handover.median * 1000)
