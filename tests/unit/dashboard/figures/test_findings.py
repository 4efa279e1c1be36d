"""Figures of what follows from several cells: payload, load, memory a slot, the front, where the time went."""

from __future__ import annotations

import pytest

from dashboard.figures.breakdown import BREAKDOWN
from dashboard.figures.cpu import CPU
from dashboard.figures.latency import LATENCY
from dashboard.figures.load import LOAD
from dashboard.figures.payload import PAYLOAD
from dashboard.figures.slot_memory import SLOT_MEMORY
from dashboard.figures.tradeoff import TRADEOFF
from tests.unit.dashboard.figures import reports

FINISHED, LOADED, CARRYING = reports.finished(), reports.loaded(), reports.carrying()


def test_latency_and_bandwidth_of_a_channel_are_told() -> None:
    told = {row[0]: row for row in PAYLOAD.findings(CARRYING).rows}
    slot, store = told["prefork@2 argument slot"], told["prefork@2 argument store"]
    assert slot[1] == pytest.approx(1.0, rel=0.02) and slot[4] == pytest.approx(1024, rel=0.03)
    assert store[1] == pytest.approx(2.0, rel=0.02) and store[4] is None, "its size makes no difference"


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


def test_the_knee_lies_between_what_is_borne_and_what_is_not() -> None:
    told = {row[0]: row[1:] for row in LOAD.findings(LOADED).rows}
    assert list(told["threads@2"]) == [100, 400, "tasks begin to pile up between the two"]
    assert list(told["prefork@2"]) == [400, None, "bears them all"]


def test_a_rate_that_is_not_kept_up_with_is_a_hollow_point() -> None:
    threads = [trace for trace in LOAD.chart(LOADED)["data"] if trace["name"] == "threads@2"]
    assert [trace["marker"]["symbol"] for trace in threads] == [["circle", "circle", "circle-open"]] * 2
    assert [row[-1] for row in LOAD.table(LOADED).rows if row[0] == "threads@2"] == ["yes", "yes", "no"]


def test_memory_a_slot_is_told_with_its_interval_and_limit() -> None:
    told = {row[0]: row for row in SLOT_MEMORY.table(FINISHED).rows}
    each, low, high = told["prefork"][1:4]
    assert isinstance(low, float) and isinstance(high, float)
    assert each == pytest.approx(12.5, abs=0.7) and low < 12.5 < high
    assert told["prefork"][-1] == pytest.approx((8192 - 38) / 12.5, rel=0.1)


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


def test_cells_that_do_different_work_have_fronts_of_their_own() -> None:
    rows = TRADEOFF.table(CARRYING).rows
    assert sum(row[-1] == "yes" for row in rows) >= 3


def test_with_a_full_queue_the_waits_are_in_the_table_and_not_in_the_bars() -> None:
    assert [trace["name"] for trace in BREAKDOWN.chart(FINISHED)["data"]] == ["CPU", "off-CPU", "storing", "returning"]
    assert BREAKDOWN.table(FINISHED).rows[0][1] == pytest.approx(400)
    assert "The queue was full" in BREAKDOWN.notes(FINISHED)[0]


def test_at_a_planned_rate_the_bars_hold_the_whole_time() -> None:
    assert len(BREAKDOWN.chart(LOADED)["data"]) == 6
    assert BREAKDOWN.notes(LOADED) == ()


def test_latency_is_drawn_from_the_median_to_p99() -> None:
    rows = {row[:2]: row[2:] for row in LATENCY.table(FINISHED).rows}
    line = next(trace for trace in LATENCY.chart(FINISHED)["data"] if trace.get("name") == "threads")
    middle, _, last = rows["threads", 4]
    assert isinstance(middle, float)
    assert line["y"][-1] == middle
    assert line["y"][-1] + line["error_y"]["array"][-1] == pytest.approx(last)


def test_cores_are_shown_beside_those_there_are() -> None:
    usable = next(trace for trace in CPU.chart(FINISHED)["data"] if trace.get("name") == "usable cores")
    assert usable["y"] == [4, 4]
    assert CPU.table(FINISHED).rows[0][2] == pytest.approx(1.0)
