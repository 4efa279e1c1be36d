"""Values that differ in a late digit stay apart in every table, chart and form."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from dashboard.pages.form_values import again, body, read
from services.cli.results import result
from services.cli.terminal import text
from services.core.experiment import Experiment
from services.core.models import Model
from services.core.quantities import number
from services.core.report import Report
from services.views.charts import axis
from services.views.charts.catalogue import FIGURES
from tests.unit.dashboard import made
from tests.unit.views.charts.reports import built
from workloads.registry import discover

RATES = (123.4561, 123.4562)


def rates() -> Experiment:
    return replace(made.experiment(), rates=RATES, models=(Model.THREADS, Model.PREFORK), concurrency=(2,))


def shares() -> Report:
    shares = (0.1, 0.1000001)
    return built(replace(made.experiment(), workload="mixed", params={"milliseconds": 20}, sweep={"cpu_share": shares}))


def test_no_two_rows_of_a_table_begin_with_the_same_texts() -> None:
    for report in (built(rates()), shares()):
        for figure in FIGURES:
            rows = [
                tuple(one if isinstance(one, str) else number(one) for one in row[:2])
                for row in figure.table(report).rows
            ]
            if figure.name in ("throughput", "latency", "load", "handover", "cpu"):
                assert len(set(rows)) == len(rows), figure.name


def test_cells_that_differ_in_a_late_digit_are_lines_of_their_own() -> None:
    throughput = next(figure for figure in FIGURES if figure.name == "throughput")
    names = {trace["legendgroup"] for trace in throughput.chart(shares())["data"]}
    assert {"threads cpu_share=0.1", "threads cpu_share=0.1000001"} <= names


def test_no_two_places_of_an_axis_have_the_same_text() -> None:
    for over, places in (
        (axis.RATE, RATES),
        (axis.parameter("message_bytes", "bytes"), (1_048_576, 1_048_577, 1_049_000, 1024, 1025)),
    ):
        texts = axis.drawn(over, places)["ticktext"]
        assert len(set(texts)) == len(places)
    assert axis.drawn(axis.parameter("message_bytes", "bytes"), (1024, 1_048_576))["ticktext"] == ["1 Ki", "1 Mi"]


def test_an_experiment_that_is_run_again_is_asked_for_with_every_digit() -> None:
    asked = replace(rates(), budget=1234.5678)
    fields: MultiDict[str, str] = MultiDict()
    for name, value in again(asked).items():
        fields.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    registry = discover()
    wanted = body(read(fields, registry, submitted=True), registry)
    assert wanted["load"] == {"rate": list(RATES), "arrivals": "constant"}
    assert wanted["budget"] == 1234.5678


def test_the_terminals_table_has_every_digit() -> None:
    for report, names in (
        (built(rates()), ("threads@2 at 123.4561/s", "threads@2 at 123.4562/s")),
        (shares(), ("threads@2 cpu_share=0.1000001",)),
    ):
        shown = text(*result(report, more=""), width=120)
        assert all(f"\n{name}" in shown for name in names)
