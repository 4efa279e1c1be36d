"""What holds for every figure, whatever it shows."""

from __future__ import annotations

import json
from collections.abc import Callable

import plotly.graph_objects as go
import pytest

from dashboard.assets import stylesheet
from services.core.errors import NotFound
from services.core.models import Model
from services.core.report import Report
from services.views.charts.catalogue import FIGURES, charts, table
from services.views.charts.drawing import Drawing
from services.views.tables import Table
from tests.unit.dashboard import made
from tests.unit.views.charts import reports

MADE = (
    reports.finished,
    reports.scaled,
    reports.loaded,
    reports.carrying,
    reports.sent_by_pipe_and_queue,
)
by_name = pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
by_report = pytest.mark.parametrize("report_made", MADE, ids=lambda one: one.__name__)


@by_report
def test_a_chart_is_what_plotly_takes_and_json_holds(report_made: Callable[[], Report]) -> None:
    for name, chart in json.loads(json.dumps(charts(report_made()), allow_nan=False)).items():
        assert go.Figure(chart).to_plotly_json()["data"] is not None, name


@by_report
def test_there_is_a_chart_where_there_are_values_and_only_there(report_made: Callable[[], Report]) -> None:
    report = report_made()
    for figure in FIGURES:
        assert bool(figure.chart(report)["data"]) == bool(figure.table(report).rows), figure.name


def test_every_figure_is_drawn_for_one_of_these_experiments() -> None:
    drawn = {figure.name for one in MADE for figure in FIGURES if figure.table(one()).rows}
    assert drawn == {figure.name for figure in FIGURES}


@by_report
def test_every_column_has_a_heading_and_every_row_all_columns(report_made: Callable[[], Report]) -> None:
    report = report_made()
    for figure in FIGURES:
        for one in (figure.table(report), figure.findings(report)):
            assert all(column.heading for column in one.columns)
            assert len({column.name for column in one.columns}) == len(one.columns), figure.name
            assert all(len(row) == len(one.columns) for row in one.rows), figure.name


@by_name
def test_nothing_measured_draws_nothing_and_reports_nothing(figure: Drawing) -> None:
    empty = reports.built(made.experiment(), trials=0)
    assert figure.chart(empty)["data"] == []
    assert not (figure.table(empty).rows or figure.findings(empty).rows or figure.notes(empty))


def bounds(found: Table) -> list[int]:
    return [place for place, column in enumerate(found.columns) if column.bounds]


#: With intervals over repeats; that of memory a slot is over cells.
OVER_REPEATS = [
    figure
    for figure in FIGURES
    if figure.name != "slot-memory"
    and figure.table(reports.finished(repeats=1)).rows
    and bounds(figure.table(reports.finished(repeats=1)))
]


@pytest.mark.parametrize("figure", OVER_REPEATS, ids=lambda figure: figure.name)
def test_a_single_repeat_has_no_intervals(figure: Drawing) -> None:
    once = figure.table(reports.finished(repeats=1))
    # A cell against itself is certain: its speed-up over one slot is 1.
    assert {row[place] for row in once.rows for place in bounds(once)} <= {None, 1.0, 100.0}


def test_several_figures_have_intervals_to_look_at() -> None:
    named = {figure.name for figure in OVER_REPEATS}
    assert {"throughput", "memory", "handover", "speedup", "efficiency", "tradeoff"} <= named


def test_names_are_good_for_addresses_and_tell_figures_apart() -> None:
    names = [figure.name for figure in FIGURES]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalpha() and name.islower() and not name.endswith("-findings") for name in names)


def test_a_table_is_found_by_the_name_of_its_figure() -> None:
    report = reports.scaled()
    assert table(report, "speedup").rows and table(report, "speedup-findings").rows
    for unknown in ("nothing", "throughput-findings", ""):
        with pytest.raises(NotFound, match="there is no figure"):
            table(report, unknown)


def test_no_two_models_share_a_colour_a_marker_or_a_dash() -> None:
    for part in ("colour", "marker", "glyph", "dash"):
        assert len({getattr(model.traits.appearance, part) for model in Model}) == len(Model)
    assert all(f".model-{model}::before" in stylesheet() for model in Model)
