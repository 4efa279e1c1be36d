"""Warnings about tasks, clocks and interpreters: each is provoked, and just not provoked."""

from __future__ import annotations

from dataclasses import replace

from services.analysis.trial.merging import summarise
from services.core.models import Model
from services.core.summary import Warn
from services.core.trial import Facts, TrialResult
from tests.unit.analysis.made import PREFORK, environment, facts, node, result, row, share, slot_lost, stamped, trial
from tests.unit.analysis.warned import STEADY, due

GEVENT = replace(PREFORK, model=Model.GEVENT, concurrency=1)
AT_100 = replace(PREFORK, rate=100.0)


def reporting(facts: Facts) -> list[TrialResult]:
    """Steady trials whose workers reported these facts."""
    return [replace(one, facts=facts) for one in STEADY]


def idle(gap: float, *, prefetch: int = 1) -> list[TrialResult]:
    """A gevent trial in which no slot had a task for so long; a body takes 10 ms at the median."""
    return [*STEADY, replace(result(100, idle_gap=gap), facts=facts("gevent", prefetch=prefetch))]


def test_slots_idle_for_over_a_quarter_second_while_the_queue_is_full_are_a_prefetch_stall() -> None:
    assert due(idle(0.25), cell=GEVENT) == {}
    found = due(idle(1.75), cell=GEVENT)
    assert list(found) == [Warn.PREFETCH_STALL]
    assert found[Warn.PREFETCH_STALL].text == (
        "No slot had a task for 1.75 s, with a full queue (gevent, prefetch multiplier 1)."
    )


def test_a_gap_of_a_few_long_bodies_is_no_stall() -> None:
    seconds = [result(1, idle_gap=gap) for gap in (4.9, 4.8, 4.7)]
    assert due(seconds) == {}
    assert list(due([*seconds, result(1, idle_gap=5.1)])) == [Warn.PREFETCH_STALL]


def test_idle_slots_are_no_stall_without_a_prefetch_limit_or_at_a_planned_rate() -> None:
    assert due(idle(1.75, prefetch=0), cell=GEVENT) == {}
    assert due(idle(1.75), cell=replace(GEVENT, rate=100.0)) == {}


def test_the_longest_stall_is_reported() -> None:
    results = [result(100, idle_gap=gap) for gap in (0.5, 2.0, 1.0)]
    assert "for 2.00 s" in due(results)[Warn.PREFETCH_STALL].text


def test_a_stall_in_recorded_spans_leads_to_the_warning() -> None:
    rows = [row(start) for start in (0, 15, 30, 1030, 1045)]
    stalled = summarise(trial(), [share(rows)], elapsed=1)
    assert due([*STEADY, stalled])[Warn.PREFETCH_STALL].text == (
        "No slot had a task for 0.99 s, with a full queue (prefork, prefetch multiplier 4)."
    )


def test_a_gil_that_is_on_in_a_build_without_one_came_back() -> None:
    found = due(reporting(facts(python="CPython 3.14.0t", gil=True, hiredis=True)))
    assert list(found) == [Warn.GIL_REENABLED]
    assert found[Warn.GIL_REENABLED].text == (
        "CPython 3.14.0t is a free-threaded build, but the GIL was on in a slot; hiredis is installed."
    )
    without = due(reporting(facts(python="CPython 3.14.0t", gil=True)))
    assert without[Warn.GIL_REENABLED].text.endswith("hiredis is not installed.")


def test_a_gil_as_the_build_has_it_is_no_warning() -> None:
    for python, gil in (("CPython 3.14.0", True), ("CPython 3.14.0t", False)):
        assert due(reporting(facts(python=python, gil=gil, hiredis=True))) == {}


def test_tasks_that_never_came_back_are_counted_over_all_trials() -> None:
    assert Warn.LOST_TASKS not in due([*STEADY, result(None)])
    found = due([*STEADY, result(None, lost=2), result(None, lost=1)])
    assert list(found) == [Warn.TRIAL_FAILED, Warn.LOST_TASKS]
    assert found[Warn.LOST_TASKS].text == "3 tasks never came back."


def test_a_slot_that_died_in_recorded_spans_leads_to_the_warning() -> None:
    lost = summarise(trial(), [share([row(0), slot_lost()])], elapsed=1)
    assert due([*STEADY, lost])[Warn.LOST_TASKS].text == "1 task never came back."


def test_stamps_that_go_back_in_time_make_the_clock_suspect() -> None:
    back = summarise(trial(), [share([row(0), row(20, storing=-5)])], elapsed=1)
    found = due([*STEADY, back])
    assert list(found) == [Warn.TRIAL_FAILED, Warn.CLOCK_SUSPECT]
    assert found[Warn.CLOCK_SUSPECT].text == (
        "In 1 trial, stamps are missing, out of order, or from more than one clock."
    )
    assert Warn.CLOCK_SUSPECT not in due([*STEADY, result(None, failure="the worker died")])


def test_replicas_that_share_no_clock_make_it_suspect_and_those_that_do_not() -> None:
    both = [replace(one, nodes=("a", "b")) for one in STEADY]
    assert due(both, nodes=environment(node("a"), node("b"))) == {}
    found = due(both, nodes=environment(node("a"), node("b", boot="two")))
    assert list(found) == [Warn.CLOCK_SUSPECT]
    assert found[Warn.CLOCK_SUSPECT].text.startswith("In 3 trials")


def test_littles_law_is_broken_beyond_5_percent_either_way() -> None:
    assert due([*STEADY, result(100, littles_law=0.951), result(100, littles_law=1.049)]) == {}
    found = due([*STEADY, result(100, littles_law=1.06)])
    assert list(found) == [Warn.LITTLES_LAW]
    assert found[Warn.LITTLES_LAW].text == ("Consistency check failed: by Little's law a ratio of 1.06 instead of 1.")
    assert list(due([*STEADY, result(100, littles_law=0.94)])) == [Warn.LITTLES_LAW]


def test_more_tasks_in_slots_than_there_are_slots_break_littles_law() -> None:
    assert due([*STEADY, result(100, in_slots=2.09)]) == {}
    assert due([*STEADY, result(100, in_slots=2.11)])[Warn.LITTLES_LAW].text.endswith("failed: 2.11 tasks in 2 slots.")
    assert due([*STEADY, result(100, in_slots=2.11)], cell=replace(PREFORK, replicas=2)) == {}


def test_a_stamp_of_a_second_run_in_recorded_spans_breaks_littles_law() -> None:
    late = row(900)
    # Fetched again after it had returned: it lasted 16 ms, and the way from 'received' back to 'started' 1 s.
    again = stamped(late, received=late[3] + 1_000_000_000)
    twice = summarise(trial(), [share([row(start) for start in range(0, 900, 100)] + [again])], elapsed=1)
    assert twice.failure == ""
    assert Warn.LITTLES_LAW in due([*STEADY, twice])


def test_lost_connections_are_counted_over_all_trials() -> None:
    assert Warn.RECONNECTED not in due(STEADY)
    found = due([*STEADY, result(100, reconnects=1), result(100, reconnects=2)])
    assert list(found) == [Warn.RECONNECTED]
    assert found[Warn.RECONNECTED].text == "The worker lost its connection to the broker 3 times."


def test_a_publisher_behind_its_schedule_is_late() -> None:
    for rate, replicas, passes, late, why in (
        (2.0, 1, 0.0099, 0.0101, "at most 10 ms"),
        (50.0, 1, 0.0019, 0.0021, "a tenth of the gap if that is less"),
        (50.0, 2, 0.0039, 0.0041, "the gap is that of one of several publishers"),
        (1000.0, 1, 0.0009, 0.0011, "a millisecond always passes"),
    ):
        cell = replace(PREFORK, rate=rate, replicas=replicas)
        assert due([*STEADY, result(100, publisher_lag=passes)], cell=cell) == {}, why
        assert list(due([*STEADY, result(100, publisher_lag=late)], cell=cell)) == [Warn.PUBLISHER_LATE], why


def test_a_late_publisher_is_reported_with_the_time_between_two_tasks() -> None:
    found = due([*STEADY, result(100, publisher_lag=0.025), result(100, publisher_lag=0.0)], cell=AT_100)
    assert found[Warn.PUBLISHER_LATE].text == "Tasks were sent up to 25.0 ms late, where one was due every 10.0 ms."


def test_with_a_full_queue_no_publisher_is_late() -> None:
    assert due([*STEADY, result(100, publisher_lag=5.0)]) == {}


def test_at_a_planned_rate_throughput_scatters_as_arrivals_do_while_the_worker_keeps_up() -> None:
    rates = (70, 100, 130)
    assert due([result(rate, pace=0.96) for rate in rates], cell=AT_100) == {}
    behind = due([result(rate, pace=0.94) for rate in rates], cell=AT_100)
    assert list(behind) == [Warn.UNSTABLE]


def test_a_store_that_took_over_a_quarter_second_to_answer_has_stalled() -> None:
    assert due([*STEADY, result(100, broker_wait=0.25)]) == {}
    found = due([*STEADY, result(100, broker_wait=8.0)])
    assert list(found) == [Warn.BROKER_STALLED]
    assert found[Warn.BROKER_STALLED].doubt == "the broker took 8.00 s to answer"


def test_of_several_nodes_the_longest_wait_for_the_broker_counts() -> None:
    shares = [
        replace(share([row(0), row(12)], node=name), broker_wait=wait) for name, wait in (("a", 0.1), ("b", None))
    ]
    figures = summarise(trial(), shares, elapsed=3).figures
    assert figures is not None and figures.broker_wait == 0.1
