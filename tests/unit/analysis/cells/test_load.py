"""A worker keeps up with a rate if its tasks finish at the pace at which they were due."""

from __future__ import annotations

import pytest

from services.analysis.cells.load import load
from services.core.findings import Load
from services.core.models import Model
from services.core.summary import CellSummary, Interval
from tests.unit.analysis.summaries import cell, each, measured

PREFORK = Model.PREFORK


def at(rate: float, *, pace: float = 1.0, lag: float = 0.0, slots: int = 2, seconds: float = 1.0) -> CellSummary:
    """Three trials, each of so many seconds of sending."""
    return measured(
        cell(PREFORK, slots, rate=rate), [rate * pace] * 3, window=seconds / pace, pace=pace, publisher_lag=lag
    )


def only(cells: list[CellSummary]) -> Load:
    (found,) = load(cells)
    return found


def test_the_knee_is_between_the_last_rate_kept_and_the_first_missed() -> None:
    found = only([at(10), at(20), at(40, pace=0.7), at(80, pace=0.35)])
    assert (found.highest_kept, found.lowest_missed) == (20, 40)
    assert [point.kept_up for point in found.points] == [True, True, False, False]


def test_a_point_states_what_was_achieved_and_how_long_tasks_took() -> None:
    point = only([at(50)]).points[0]
    assert (point.cell, point.rate) == ("prefork@2 at 50/s", 50)
    assert point.achieved == Interval(estimate=50, low=50, high=50)
    assert (point.p50.estimate, point.p99.estimate) == (1 / 50, 3 / 50)


def test_rates_are_in_order_in_any_order_of_the_cells() -> None:
    assert [point.rate for point in only([at(40), at(10), at(20)]).points] == [10, 20, 40]


def test_all_rates_borne_have_no_failing_one_and_none_borne_no_bearing_one() -> None:
    assert (only([at(10), at(20)]).highest_kept, only([at(10), at(20)]).lowest_missed) == (20, None)
    slow = [at(10, pace=0.5), at(20, pace=0.25)]
    assert (only(slow).highest_kept, only(slow).lowest_missed) == (None, 10)


def test_95_percent_of_the_pace_is_enough() -> None:
    assert only([at(10, pace=0.951)]).points[0].kept_up
    assert not only([at(10, pace=0.949)]).points[0].kept_up


def test_a_random_schedule_that_fell_out_slow_is_not_held_against_the_worker() -> None:
    poisson = measured(cell(PREFORK, 2, rate=20.0), [15.0, 16.0, 14.0], pace=1.0)
    assert only([poisson]).points[0].kept_up


def test_a_rate_kept_up_with_above_one_that_was_not_does_not_count() -> None:
    found = only([at(10), at(20, pace=0.8), at(40)])
    assert (found.highest_kept, found.lowest_missed) == (10, 20)


def test_a_rate_that_the_publisher_did_not_reach_reports_nothing() -> None:
    found = only([at(10), at(20, pace=0.5, lag=0.06), at(40, pace=0.5, lag=0.04)])
    assert [point.kept_up for point in found.points] == [True, False, False]
    assert (found.highest_kept, found.lowest_missed) == (10, 40)


def test_how_late_a_publisher_may_be_depends_on_how_long_it_sends() -> None:
    assert only([at(20, pace=0.5, lag=0.06, seconds=1)]).lowest_missed is None
    assert only([at(20, pace=0.5, lag=0.06, seconds=2)]).lowest_missed == 20


def test_one_bad_trial_of_three_changes_nothing() -> None:
    trials = [{"pace": 1.0}, {"pace": 0.5, "publisher_lag": 5.0}, {"pace": 1.0}]
    assert only([each(cell(PREFORK, 2, rate=10), trials)]).points[0].kept_up


def test_groups_differ_in_all_but_the_rate() -> None:
    found = load([at(10), at(20), at(10, slots=4), measured(cell(PREFORK, 2), [100])])
    assert [(one.group.concurrency, len(one.points)) for one in found] == [(2, 2), (4, 1)]


@pytest.mark.parametrize(
    "cells",
    [[], [measured(cell(PREFORK, 2), [100])], [measured(cell(PREFORK, 2, rate=10), [None])]],
    ids=["nothing", "a full queue", "a failed cell"],
)
def test_without_a_measured_rate_there_is_no_load(cells: list[CellSummary]) -> None:
    assert load(cells) == ()
