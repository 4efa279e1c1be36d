"""Figures of what follows from several cells: payload, load, memory a slot, the front, where the time went."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import pytest

from services.core.environment import Node
from services.core.models import Model
from services.core.report import Report
from services.views.charts.breakdown import BREAKDOWN
from services.views.charts.cpu import CPU
from services.views.charts.latency import LATENCY
from services.views.charts.load import LOAD
from services.views.charts.payload import PAYLOAD
from services.views.charts.tradeoff import TRADEOFF
from services.views.tables import Table
from tests.unit.dashboard import made
from tests.unit.views.charts import reports

FINISHED, LOADED, CARRYING = reports.finished(), reports.loaded(), reports.carrying()


def test_latency_and_bandwidth_of_a_channel_are_reported() -> None:
    told = {row[0]: row for row in PAYLOAD.findings(CARRYING).rows}
    slot, broker = told["prefork@2 argument slot"], told["prefork@2 argument broker"]
    assert slot[1] == pytest.approx(1.0, rel=0.02) and slot[4] == pytest.approx(1024, rel=0.03)
    assert broker[1] == pytest.approx(2.0, rel=0.02) and broker[4] is None, "its size makes no difference"


def test_what_was_measured_stands_beside_the_line() -> None:
    rows = {row[:2]: row[2:] for row in PAYLOAD.table(CARRYING).rows}
    assert rows["threads@2 argument slot", 1_048_576] == pytest.approx((1.977, 1.977), rel=0.01)


def test_channels_of_the_channel_workload_are_told_apart() -> None:
    report = reports.sent_by_pipe_and_queue()
    names = {row[0] for row in PAYLOAD.table(report).rows}
    assert names == {"prefork@1 message pipe", "prefork@1 message queue"}
    measured = {row[:2]: row[2] for row in PAYLOAD.table(report).rows}
    assert measured["prefork@1 message pipe", 1024] == pytest.approx(0.101, rel=0.01), "half a round trip"


def test_two_sizes_are_drawn_and_the_line_is_refused_in_words() -> None:
    report = reports.carrying((0, 65_536))
    assert len(PAYLOAD.table(report).rows) == 8 and PAYLOAD.findings(report).rows == ()
    assert "a line needs at least 3" in PAYLOAD.notes(report)[0]


def test_the_knee_is_between_the_highest_rate_kept_and_the_lowest_missed() -> None:
    told = {row[0]: row[1:] for row in LOAD.findings(LOADED).rows}
    assert list(told["threads@2"]) == [100, 400, "the queue starts to grow between the two rates"]
    assert list(told["prefork@2"]) == [400, None, "keeps up with all rates"]


FOUR = reports.loaded(concurrency=(2, 3, 4, 5))


def crosses(report: Report) -> list[dict[str, Any]]:
    return [trace for trace in LOAD.chart(report)["data"] if trace.get("marker", {"symbol": ""})["symbol"] == "x-thin"]


def test_a_rate_that_is_not_kept_up_with_is_crossed_in_both_panels() -> None:
    assert [(one["legendgroup"], one["xaxis"], one["x"]) for one in crosses(LOADED)] == [
        ("threads@2", "x", [400]),
        ("threads@2", "x2", [400]),
    ]


def test_a_cross_is_on_the_point_that_it_marks() -> None:
    line = next(trace for trace in LOAD.chart(LOADED)["data"] if trace.get("name") == "threads@2")
    assert crosses(LOADED)[0]["y"] == [line["y"][-1]]


def test_groups_of_a_model_that_do_not_keep_up_are_still_told_apart() -> None:
    lines = [trace for trace in LOAD.chart(FOUR)["data"] if trace.get("name", "").startswith("threads@")]
    first = [trace["marker"]["symbol"] for trace in lines if trace["xaxis"] == "x"]
    assert first == ["circle", "circle-open", "circle-dot", "circle-open-dot"]


def test_plotly_takes_four_groups_that_do_not_keep_up() -> None:
    assert len(crosses(FOUR)) == 8
    assert go.Figure(LOAD.chart(FOUR)).data


def test_the_table_states_who_kept_up() -> None:
    assert [row[-1] for row in LOAD.table(LOADED).rows if row[0] == "threads@2"] == ["yes", "yes", "no"]


def test_on_the_front_is_every_cell_that_none_beats_in_both() -> None:
    rows = {str(row[0]): row for row in TRADEOFF.table(FINISHED).rows}
    front = {name for name, row in rows.items() if row[-1] == "yes"}
    assert {"sequential@1", "prefork@2", "prefork@4"} <= front
    for name, row in rows.items():
        beaten = any(
            float(one[1] or 0) >= float(row[1] or 0) and float(one[4] or 0) < float(row[4] or 0)
            for one in rows.values()
        )
        assert (name in front) != beaten


def test_without_intervals_a_cell_below_the_front_is_too_close_to_call() -> None:
    assert {row[-1] for row in TRADEOFF.table(reports.finished(repeats=1)).rows} == {"yes", "too close to call"}


def test_hovering_over_a_cell_reports_its_concurrency_and_both_intervals() -> None:
    prefork = next(trace for trace in TRADEOFF.chart(FINISHED)["data"] if trace.get("name") == "prefork")
    assert prefork["hovertemplate"] == (
        "prefork at %{customdata[0]:g}<br>%{y:,.3r} tasks/s%{customdata[1]}<br>%{x:,.3r} MiB%{customdata[2]}"
        "<extra></extra>"
    )
    concurrency, rate, memory = prefork["customdata"][-1]
    assert concurrency == 4
    assert rate.startswith("<br>interval ") and rate.endswith(" tasks/s")
    assert memory.startswith("<br>interval ") and memory.endswith(" MiB")


def test_cells_that_do_different_work_have_fronts_of_their_own() -> None:
    rows = TRADEOFF.table(CARRYING).rows
    assert sum(row[-1] == "yes" for row in rows) >= 3


def test_with_a_full_queue_the_waits_are_in_the_table_and_not_in_the_bars() -> None:
    assert [trace["name"] for trace in BREAKDOWN.chart(FINISHED)["data"]] == [
        "body on a core",
        "body, CPU not separable",
        "storing on a core",
        "waiting for a core",
        "rest of the body",
        "rest of storing",
        "returning",
    ]
    assert BREAKDOWN.table(FINISHED).rows[0][1] == pytest.approx(400)
    assert "The queue was full" in BREAKDOWN.notes(FINISHED)[0]


def test_at_a_planned_rate_the_bars_hold_the_whole_time() -> None:
    assert [trace["name"] for trace in BREAKDOWN.chart(LOADED)["data"]][:2] == ["broker", "hand-over"]
    assert not any("The queue was full" in note for note in BREAKDOWN.notes(LOADED))


def test_the_parts_of_a_bar_add_up_to_the_whole() -> None:
    for _, *parts, whole in BREAKDOWN.table(FINISHED).rows:
        assert sum(float(part) for part in parts if part is not None) == pytest.approx(whole)


def test_under_gevent_the_body_is_one_part_and_its_cpu_is_missing() -> None:
    table = BREAKDOWN.table(FINISHED)
    rows = {row[0]: known for row, known in zip(table.rows, told(table), strict=True)}
    own = {"body on a core", "storing on a core", "waiting for a core", "rest of the body"}
    assert own <= rows["threads@4"].keys() and not own & rows["gevent@4"].keys()
    assert "body, CPU not separable" in rows["gevent@4"] and "body, CPU not separable" not in rows["threads@4"]
    assert any("Greenlets share a thread" in note for note in BREAKDOWN.notes(FINISHED))


def test_what_earlier_versions_did_not_measure_is_named() -> None:
    old = replace(
        FINISHED,
        cells=tuple(
            replace(cell, breakdown=replace(cell.breakdown, storing_cpu=None, core_wait=None))
            for cell in FINISHED.cells
            if cell.breakdown is not None
        ),
    )
    for row in told(BREAKDOWN.table(old)):
        assert "waiting for a core" not in row
        assert row["rest of storing"] == pytest.approx(1)
    assert any("earlier version" in note for note in BREAKDOWN.notes(old))


def test_latency_is_drawn_from_the_median_to_p99() -> None:
    rows = {row[:2]: row[2:] for row in LATENCY.table(FINISHED).rows}
    spread = next(
        trace
        for trace in LATENCY.chart(FINISHED)["data"]
        if trace["legendgroup"] == "threads" and trace["mode"] == "lines"
    )
    middle, _, _, _, _, _, last, _, _, trials = rows["threads", 4]
    assert spread["y"][-3:] == [middle, last, None]
    assert trials == 3


def told(table: Table) -> list[dict[str, float]]:
    """Its rows: the numbers by the names of their columns."""
    names = [column.name for column in table.columns]
    return [
        {name: value for name, value in zip(names, row, strict=True) if isinstance(value, (int, float))}
        for row in table.rows
    ]


def test_percentiles_are_reported_with_their_intervals() -> None:
    rows = told(LATENCY.table(FINISHED))
    assert len(rows) == len(FINISHED.cells)
    for row in rows:
        for name in ("p50", "p95", "p99"):
            assert row[f"low of {name}"] < row[name] < row[f"high of {name}"]


def test_the_spread_of_latencies_does_not_look_like_an_interval() -> None:
    lines = [trace for trace in LATENCY.chart(FINISHED)["data"] if "error_y" in trace]
    assert lines and not any(trace["error_y"]["visible"] for trace in lines)


def usable(report: Report) -> list[list[float]]:
    return [trace["y"] for trace in CPU.chart(report)["data"] if trace.get("name") == "usable cores"]


def on(*nodes: Node, replicas: tuple[int, ...] = (2,)) -> Report:
    return reports.built(made.experiment(replicas=replicas), nodes=nodes)


def elsewhere(node: Node) -> Node:
    return replace(node, fingerprint=replace(node.fingerprint, boot="other"))


def test_cores_are_shown_beside_those_there_are() -> None:
    assert usable(FINISHED) == [[4, 4]]
    assert CPU.table(FINISHED).rows[0][2] == pytest.approx(1.0)


def test_cpu_is_reported_and_drawn_with_its_intervals() -> None:
    rows = told(CPU.table(FINISHED))
    assert len(rows) == len(FINISHED.cells)
    for row in rows:
        for name in ("used", "CPU time"):
            assert row[f"low of {name}"] <= row[name] <= row[f"high of {name}"]
        assert row["in user code"] + row["in the kernel"] == pytest.approx(row["CPU time"], rel=0.05)
    bars = [trace["error_y"] for trace in CPU.chart(FINISHED)["data"] if "error_y" in trace]
    assert len(bars) == 2 * len(Model) and all(bar["visible"] for bar in bars)


def test_two_nodes_of_one_host_have_its_cores_once() -> None:
    assert usable(on(made.node(), made.node("rack"))) == [[4, 4]]


def test_quotas_of_nodes_of_one_host_add_up() -> None:
    assert usable(on(made.node(quota=1.5), made.node("rack", quota=1.5))) == [[3, 3]]


def test_cores_of_two_hosts_add_up() -> None:
    assert usable(on(made.node(), elsewhere(made.node("rack")))) == [[8, 8]]


def test_where_cells_had_different_cores_none_are_drawn() -> None:
    assert usable(on(made.node(), elsewhere(made.node("rack")), replicas=(1, 2))) == []


def test_cores_of_a_node_that_is_not_known_are_not_drawn() -> None:
    assert usable(on(made.node())) == []
