"""Single tasks as bars."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from services.core.models import Model
from services.core.timeline import Timeline
from services.views.charts import timeline
from tests.unit.views.charts.bars import bar, in_processes, sharing_a_gil


def rows(found: Timeline) -> list[str]:
    return list(timeline.chart(found, Model.THREADS)["layout"]["yaxis"]["ticktext"])


def test_plotly_takes_the_chart() -> None:
    assert go.Figure(timeline.chart(sharing_a_gil(), Model.THREADS)).data


def test_a_slot_is_a_row_named_by_its_process_and_thread() -> None:
    assert rows(sharing_a_gil()) == ["p40 t50", "p40 t51"]
    assert rows(in_processes()) == ["p40 t40", "p41 t41"]


def test_greenlets_of_one_thread_have_rows_of_their_own() -> None:
    shared = Timeline(bars=(bar(0, 0.0, thread=40), bar(1, 0.001, thread=40)), tasks=2)
    assert rows(shared) == ["p40 t40 #1", "p40 t40 #2"]


def test_of_several_nodes_each_row_names_its_own() -> None:
    both = Timeline(bars=(bar(0, 0.0), bar(0, 0.0, node="rack")), tasks=2)
    assert rows(both) == ["desk p40 t50", "rack p40 t50"]


def test_a_task_that_waits_for_the_gil_is_paler_than_one_that_works() -> None:
    def fullness(found: Timeline) -> float:
        (trace,) = timeline.chart(found, Model.THREADS)["data"]
        return float(trace["marker"]["color"][0].rstrip(")").split(",")[-1])

    assert fullness(sharing_a_gil()) < 0.6 < fullness(in_processes()) == 1.0


def test_bars_lie_where_their_tasks_did_in_milliseconds() -> None:
    (trace,) = timeline.chart(in_processes(), Model.PREFORK)["data"]
    assert trace["base"][:2] == pytest.approx([0, 11]) and trace["x"][0] == pytest.approx(10)


def test_the_table_has_every_task() -> None:
    first, *others = timeline.table(sharing_a_gil(), Model.THREADS).rows
    assert len(others) == 9
    assert first[:4] == ("desk", 1, "40", "50")
    assert first[4:] == pytest.approx((0, 10, 5, 50))


def test_a_sentence_states_what_the_bars_come_to() -> None:
    assert timeline.summary(sharing_a_gil(), Model.THREADS) == (
        "The first 10 of 1,200 tasks: 2 slots, 2 threads, 1 process. "
        "On average a task was on a CPU for 50% of its time."
    )
    assert "2 processes" in timeline.summary(in_processes(), Model.PREFORK)


GREENLETS = Timeline(bars=(bar(0, 0.0, thread=40), bar(1, 0.001, thread=40)), tasks=2)


def test_greenlets_of_one_thread_are_hatched_and_no_share_is_named() -> None:
    (trace,) = timeline.chart(GREENLETS, Model.GEVENT)["data"]
    assert trace["marker"]["pattern"]["shape"] == ["/", "/"]
    assert [told[1] for told in trace["customdata"]] == ["CPU not separable"] * 2
    assert go.Figure(timeline.chart(GREENLETS, Model.GEVENT)).data


def test_a_task_alone_in_its_thread_is_not_hatched() -> None:
    (trace,) = timeline.chart(sharing_a_gil(), Model.THREADS)["data"]
    assert set(trace["marker"]["pattern"]["shape"]) == {""}


def test_the_table_has_no_cpu_time_of_greenlets() -> None:
    assert [row[-2:] for row in timeline.table(GREENLETS, Model.GEVENT).rows] == [(None, None)] * 2


def test_a_single_greenlet_shares_its_thread_with_the_worker_itself() -> None:
    alone = Timeline(bars=(bar(0, 0.0),), tasks=1)
    assert timeline.table(alone, Model.GEVENT).rows[0][-1] is None


def test_the_sentence_states_why_nothing_is_known_of_greenlets() -> None:
    assert timeline.summary(GREENLETS, Model.GEVENT) == (
        "The first 2 of 2 tasks: 2 slots, 1 thread, 1 process. How much of its time a task was on a CPU is not known: "
        "greenlets share a thread, so its CPU time cannot be divided among their tasks."
    )


def test_a_trial_without_an_ended_task_draws_nothing() -> None:
    nothing = Timeline(bars=(), tasks=3)
    assert timeline.chart(nothing, Model.THREADS)["data"] == []
    assert timeline.summary(nothing, Model.THREADS) == "No task of this trial ended."
