"""Speed-up and efficiency, and the laws behind them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.analysis.across.scaling import bare_efficiency
from services.analysis.report import findings_of
from services.core.findings import BareSpeedup
from services.core.models import Model
from services.core.report import Report
from services.core.summary import Interval
from services.views.charts.efficiency import EFFICIENCY
from services.views.charts.speedup import SPEEDUP
from tests.unit.dashboard import made
from tests.unit.views.charts import reports

SCALED = reports.scaled()


def test_speed_up_is_over_sequential_and_over_one_slot() -> None:
    rows = {row[:2]: row for row in SPEEDUP.table(SCALED).rows}
    sequential = next(cell.throughput for cell in SCALED.cells if cell.model is Model.SEQUENTIAL)
    assert sequential is not None
    expected = 200 * 4 / (1 + 0.05 * 3 + 0.004 * 12)
    assert rows["prefork", 4][2] == pytest.approx(expected / sequential.estimate, rel=0.01)
    assert rows["prefork", 4][5] == pytest.approx(expected / 200, rel=0.01)
    assert rows["prefork", 1][5:] == (1.0, 1.0, 1.0)


def test_the_ideal_is_a_slot_a_slot() -> None:
    ideal = next(trace for trace in SPEEDUP.chart(SCALED)["data"] if trace["name"] == "ideal")
    assert ideal["x"] == ideal["y"] == [1, 16]


def test_the_curve_of_a_law_goes_through_its_cells() -> None:
    traces = SPEEDUP.chart(SCALED)["data"]
    line = next(trace for trace in traces if trace.get("name") == "prefork")
    curve = next(trace for trace in traces if trace.get("legendgroup") == "prefork" and trace["line"]["dash"] == "dot")
    assert curve["y"][0] == pytest.approx(line["y"][0], rel=0.02)
    assert curve["y"][-1] == pytest.approx(line["y"][-1], rel=0.02)


def test_parameters_and_peak_of_a_law_are_reported() -> None:
    names = [column.heading for column in SPEEDUP.findings(SCALED).columns]
    law = next(row for row in SPEEDUP.findings(SCALED).rows if row[:2] == ("prefork", "USL"))
    told = dict(zip(names, law, strict=True))
    assert told["contention σ"] == pytest.approx(0.05, rel=0.01)
    assert told["coherency κ"] == pytest.approx(0.004, rel=0.01)
    assert told["peak"] == pytest.approx(15.4, rel=0.01)


def test_a_refused_law_is_reported_with_its_reason() -> None:
    (note,) = SPEEDUP.notes(SCALED)
    assert note.startswith("threads: Amdahl's law does not fit")


def test_who_asked_for_few_concurrencies_is_not_told_of_laws() -> None:
    assert SPEEDUP.notes(reports.finished()) == ()


def test_without_sequential_the_yardstick_is_one_slot_of_the_same_model() -> None:
    alone = reports.built(replace(made.experiment(), models=(Model.PREFORK,)))
    chart = SPEEDUP.chart(alone)
    assert "over one slot" in chart["layout"]["yaxis"]["title"]["text"]
    assert next(trace for trace in chart["data"] if trace["name"] == "prefork")["y"][0] == 1.0


def test_a_model_without_sequential_beside_it_is_marked() -> None:
    asked = replace(made.experiment(repeats=1), params={"limit": 10}, sweep={"limit": (10, 20)})
    lacking = reports.built(asked)
    cells = tuple(cell for cell in lacking.cells if not (cell.model is Model.SEQUENTIAL and cell.params["limit"] == 20))
    notes = SPEEDUP.notes(replace(lacking, findings=findings_of(cells, lacking.environment, {}), cells=cells))
    assert "prefork limit=20: not drawn, because sequential was not measured as a baseline." in notes
    assert not any("limit=10" in note for note in notes)


def test_the_serial_share_stands_with_its_law_and_not_as_a_unit() -> None:
    units = {column.unit for column in SPEEDUP.findings(SCALED).columns}
    assert units == {"", "tasks/s", "slots"}
    assert {row[1] for row in SPEEDUP.findings(SCALED).rows} <= {"Amdahl: σ is the serial share", "USL"}


def test_efficiency_is_speed_up_over_slots_in_percent() -> None:
    rows = {row[:2]: row[2] for row in EFFICIENCY.table(SCALED).rows}
    assert rows["prefork", 1] == 100
    assert rows["prefork", 16] == pytest.approx(100 / (1 + 0.05 * 15 + 0.004 * 240), rel=0.01)


def test_one_slot_alone_has_no_efficiency() -> None:
    assert EFFICIENCY.table(reports.built(replace(made.experiment(), concurrency=(1,)))).rows == ()


def with_bare(of_bare: Interval | None) -> Report:
    """Four slots of prefork held against two bare processes that do 1.5 times the work of one."""
    report = reports.scaled()
    bare = BareSpeedup(
        node="desk",
        cores=2,
        processes=2,
        blocks=3,
        missing=0,
        reason="",
        speedup=1.5,
        lowest=1.4,
        highest=1.6,
        drift=1.0,
    )
    scalings = tuple(
        replace(one, speedups=tuple(replace(each, of_bare=of_bare) for each in one.speedups if each.concurrency == 4))
        for one in report.findings.scaling
        if one.group.model is Model.PREFORK
    )
    efficiency = bare_efficiency(report.cells, scalings, (bare,))
    found = replace(report.findings, scaling=scalings, bare=(bare,), bare_efficiency=efficiency)
    return replace(report, findings=found)


def test_efficiency_is_held_against_bare_processes_where_they_were_measured() -> None:
    report = with_bare(Interval(estimate=0.9, low=0.8, high=1.1))
    (row,) = EFFICIENCY.table(report).rows
    names = [column.name for column in EFFICIENCY.table(report).columns]
    assert dict(zip(names, row, strict=True))["of bare"] == 90
    (bare,) = (trace for trace in EFFICIENCY.chart(report)["data"] if trace["name"] == "bare processes")
    assert (bare["x"], bare["y"]) == ([1, 4], [100, 37.5])
    assert EFFICIENCY.notes(report)[0].startswith("Two bare processes do 1.50 times the work of one here")


def test_without_a_reference_efficiency_is_as_it_was() -> None:
    report = with_bare(None)
    assert not [column for column in EFFICIENCY.table(report).columns if "bare" in column.name]
    assert not [trace for trace in EFFICIENCY.chart(report)["data"] if trace["name"] == "bare processes"]
