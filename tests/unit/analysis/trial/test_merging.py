"""A trial's figures follow from its spans alone, whatever the number of nodes and of clocks."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from concurrency_lab_inside.stamps import COLUMNS, Outcome
from services.analysis.trial.merging import summarise
from services.analysis.trial.spans import pack
from services.core.codec import Unreadable
from services.core.figures import Figures
from services.core.trial import NodeTrial, OtherEndings
from tests.unit.analysis.made import (
    MB,
    facts,
    never_begun,
    never_received,
    phases,
    row,
    sample,
    share,
    slot_lost,
    stamped,
    table,
    trial,
    unfinished,
)


def measured(*shares: NodeTrial) -> Figures:
    result = summarise(trial(), shares, elapsed=3)
    assert result.failure == "" and result.figures is not None
    return result.figures


def failure(*shares: NodeTrial) -> str:
    result = summarise(trial(), shares, elapsed=3)
    assert result.figures is None
    return result.failure


#: Two slots, each two tasks of 10 ms and 2 ms of storing: first start at 0, last finish at 25 ms.
FOUR = [row(0), row(3), row(12), row(15)]


def test_throughput_is_tasks_from_the_first_start_to_the_last_finish() -> None:
    figures = measured(share(FOUR))
    assert figures.tasks == 4
    assert figures.window == pytest.approx(0.025)
    assert figures.throughput == pytest.approx(4 / 0.025)


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert measured(share([FOUR[2], FOUR[0], FOUR[3], FOUR[1]])) == measured(share(FOUR))


def test_warm_up_calibration_and_pings_are_not_in_the_throughput() -> None:
    alone = measured(share(FOUR))
    assert measured(share(FOUR, before=[row(-500, body=400), row(-90)], ping=[row(-50)])) == alone


def test_nodes_of_one_clock_share_a_window() -> None:
    late = [row(25), row(40, body=10)]
    figures = measured(share(FOUR), share(late, node="b"))
    assert figures.window == pytest.approx(0.050)
    assert figures.throughput == pytest.approx(6 / 0.050)


def test_rates_of_different_clocks_are_added_up() -> None:
    elsewhere = [row(9_000_000), row(9_000_010), row(9_000_040)]
    figures = measured(share(FOUR), share(elsewhere, node="b", boot="two"))
    assert figures.tasks == 7
    assert figures.throughput == pytest.approx(4 / 0.025 + 3 / 0.050)
    assert figures.tasks / figures.window == pytest.approx(figures.throughput)


def test_clocks_are_told_apart_in_any_order_of_the_nodes() -> None:
    one, other, again = share(FOUR), share([row(9_000_000)], node="b", boot="two"), share([row(25)], node="c")
    assert measured(one, other, again).throughput == pytest.approx(5 / 0.035 + 1 / 0.010)


def test_in_slots_counts_storing_up_to_the_end_of_the_window() -> None:
    # 3 x 12 ms, and 10 ms of the last one: its storing is after the last finish.
    assert measured(share(FOUR)).in_slots == pytest.approx((3 * 12 + 10) / 25)


def test_a_slot_that_is_never_idle_counts_as_one_task_in_it() -> None:
    busy = [row(start, body=10, storing=0) for start in range(0, 1000, 10)]
    assert measured(share(busy)).in_slots == pytest.approx(1)


def test_in_slots_of_different_clocks_add_up() -> None:
    busy = [row(start, body=10, storing=0) for start in range(0, 100, 10)]
    longer = [row(start, body=10, storing=0) for start in range(500_000, 500_400, 10)]
    assert measured(share(busy), share(longer, node="b", boot="two")).in_slots == pytest.approx(2)


def test_latency_is_how_long_a_task_held_its_slot() -> None:
    rows = [row(start, body=start, storing=1, out=500, back=500) for start in range(101)]
    rows[0] = row(0, body=0.5, storing=0.5)
    latency = measured(share(rows)).latency
    assert latency.p50 == pytest.approx(0.051)
    assert latency.p95 == pytest.approx(0.096)
    assert latency.p99 == pytest.approx(0.100)


def test_latency_is_of_the_tasks_of_all_nodes() -> None:
    fast, slow = share([row(0, body=8)] * 50), share([row(0, body=98)] * 50, node="b")
    latency = measured(fast, slow).latency
    assert latency.p50 == pytest.approx(0.055)
    assert latency.p99 == pytest.approx(0.100)


def test_the_hand_over_cost_comes_from_the_pings_of_all_nodes() -> None:
    loaded = [row(0, out=700, back=900)]
    one = share(loaded, ping=[row(0, out=1, back=1), row(0, out=1, back=2)])
    other = share(loaded, node="b", boot="two", ping=[row(0, out=4, back=4)])
    assert measured(one, other).handover == pytest.approx(0.003)


def test_the_peak_is_each_nodes_largest_sample_and_nodes_add_up() -> None:
    figures = measured(share(FOUR, idle=10, samples=[11, 30, 12]), share(FOUR, node="b", idle=5, samples=[40, 6]))
    assert (figures.pss.idle, figures.pss.peak) == (15 * MB, 70 * MB)
    assert (figures.uss.idle, figures.uss.peak) == (7.5 * MB, 35 * MB)
    assert (figures.rss.idle, figures.rss.peak) == (30 * MB, 140 * MB)


def test_without_a_sample_the_peak_is_what_was_there_before() -> None:
    figures = measured(share(FOUR, idle=10))
    assert figures.pss.peak == figures.pss.idle == 10 * MB


def test_phases_are_those_of_the_slowest_node() -> None:
    result = summarise(trial(), [share(FOUR, took=1), share(FOUR, node="b", took=4)], elapsed=9)
    assert result.phases == phases(4)
    assert result.nodes == ("a", "b")
    assert result.elapsed == 9
    assert result.facts == facts()


def test_lost_tasks_fail_the_trial_and_are_counted_by_how_far_they_came() -> None:
    rows = [*FOUR, never_received(), never_begun(), never_begun(), unfinished(), slot_lost()]
    result = summarise(trial(), [share(rows)], elapsed=3)
    assert result.figures is None
    assert result.lost == 5
    assert result.failure == (
        "5 of 10 tasks lost: 1 never received, 2 never started, 1 started and not finished, 1 in a slot that died"
    )


def test_a_lost_ping_fails_the_trial_too() -> None:
    result = summarise(trial(), [share(FOUR, ping=[row(0), unfinished()])], elapsed=3)
    assert result.lost == 1
    assert result.failure == "1 of 6 tasks lost: 1 started and not finished"


def test_what_was_lost_before_the_pings_is_not_counted() -> None:
    result = summarise(trial(), [share(FOUR, before=[slot_lost(), row(0, starts=2)])], elapsed=3)
    assert (result.failure, result.lost, result.duplicates) == ("", 0, 0)


def test_losses_of_all_nodes_are_counted_together() -> None:
    assert failure(share([*FOUR, slot_lost()]), share([*FOUR, slot_lost()], node="b")) == (
        "2 of 12 tasks lost: 2 in a slot that died"
    )


def test_a_body_that_raised_fails_the_trial_and_is_not_lost() -> None:
    result = summarise(trial(), [share([*FOUR, row(20, outcome=Outcome.RAISED)])], elapsed=3)
    assert result.figures is None
    assert (result.failure, result.lost) == ("1 of 6 tasks raised", 0)


def test_duplicates_are_counted_and_do_not_fail_the_trial() -> None:
    result = summarise(trial(), [share([*FOUR, row(20, starts=3)], ping=[row(0, starts=2)])], elapsed=3)
    assert result.duplicates == 2
    assert result.figures is not None


def test_tasks_without_a_result_are_counted_by_kind_and_do_not_fail_the_trial() -> None:
    rows = [*FOUR, row(20, outcome=Outcome.RETRIED), stamped(row(21, outcome=Outcome.REJECTED), children=2)]
    result = summarise(trial(), [share(rows)], elapsed=3)
    assert (result.failure, result.lost, result.children) == ("", 0, 2)
    assert result.endings == OtherEndings(retried=1, ignored=0, rejected=1)


def test_a_task_at_its_hard_time_limit_fails_the_trial_with_that_reason() -> None:
    late = stamped(row(20), fate=Outcome.TIMED_OUT)
    assert failure(share([*FOUR, late])) == "1 of 6 tasks lost: 1 ended at their hard time limit"


def test_a_shares_own_failure_fails_the_trial_with_any_spans() -> None:
    assert failure(share(FOUR, failure="the worker died")) == "the worker died"


def test_with_several_nodes_a_failure_names_its_node_and_the_losses_follow() -> None:
    broken = share([row(0), never_begun()], node="b", failure="the worker died")
    assert failure(share(FOUR), broken) == "b: the worker died; 1 of 8 tasks lost: 1 never started"


def test_a_share_that_died_before_its_table_existed_is_a_failure_and_not_an_error() -> None:
    dead = replace(share([]), spans="", ping=(0, 0), saturate=(0, 0), failure="no slot answered")
    assert failure(dead) == "no slot answered"


def test_tasks_that_were_never_published_fail_the_trial() -> None:
    assert failure(share([*FOUR, [0] * COLUMNS, [0] * COLUMNS])) == "2 of 7 tasks were never published"


def test_a_broken_share_is_not_blamed_for_tasks_it_never_published() -> None:
    assert failure(share([*FOUR, [0] * COLUMNS], failure="the store went away")) == "the store went away"


def test_spans_that_contradict_themselves_give_no_figures() -> None:
    for odd, why in (
        (stamped(row(1), started=0), "no start"),
        (stamped(row(1), finished=0), "no finish"),
        (stamped(row(1), stored=0), "no store"),
        (row(1, body=-5), "finished before it started"),
        (row(1, storing=-5), "stored before it finished"),
        (row(1, body=0), "no time at all"),
    ):
        assert failure(share([*FOUR, odd])) == "1 of 5 tasks lack a stamp or go back in time", why


def test_without_tasks_there_are_no_figures() -> None:
    assert failure(share([])) == "a node had no task in the saturate phase"
    assert failure(share(FOUR), share([], node="b")) == "a node had no task in the saturate phase"


def test_without_a_ping_that_came_back_there_are_no_figures() -> None:
    assert failure(share(FOUR, ping=[])) == "no task of the ping phase returned"
    assert failure(share(FOUR, ping=[stamped(row(0), returned=0)])) == "no task of the ping phase returned"


def test_without_nodes_there_are_no_figures() -> None:
    result = summarise(trial(), [], elapsed=3)
    assert (result.failure, result.facts, result.phases) == ("no node took part", None, None)


def test_unreadable_spans_are_an_error_and_not_a_failed_trial() -> None:
    with pytest.raises(Unreadable):
        summarise(trial(), [replace(share(FOUR), spans="nothing of the kind")], elapsed=3)


@pytest.mark.parametrize("seed", range(5))
def test_splitting_the_tasks_among_nodes_of_one_clock_changes_no_figure(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = [row(float(start), body=float(body)) for start, body in random.uniform(1, 50, (60, 2)).round(3)]
    whole = measured(share(rows))
    split = measured(share(rows[:7]), share(rows[7:40], node="b"), share(rows[40:], node="c"))
    assert split.throughput == pytest.approx(whole.throughput)
    assert split.window == pytest.approx(whole.window)
    assert split.in_slots == pytest.approx(whole.in_slots)
    assert split.latency == whole.latency


def test_a_million_spans_would_need_less_than_300_mb() -> None:
    count = 50_000
    spans = pack(table(*([row(0)] + [row(start / 10) for start in range(count)])))
    given = replace(share([]), spans=spans, ping=(0, 1), saturate=(1, count + 1), samples=(sample(1),))
    tracemalloc.start()
    try:
        measured(given)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / count < 250  # bytes per span; the rows themselves are 136
