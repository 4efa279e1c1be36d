"""When an experiment has been repeated enough."""

from __future__ import annotations

from dataclasses import replace

from services.conductor.stopping import enough
from services.core.experiment import Cell, Record, State
from services.core.trial import TrialResult
from tests.unit.analysis import made


def asked(*, blocks: int = 3, repeats: int = 3, most: int = 9, budget: float | None = None) -> Record:
    record = made.record(State.RUNNING)
    experiment = replace(record.experiment, repeats=repeats, most_repeats=most, budget=budget)
    return replace(record, experiment=experiment, blocks=blocks)


def measured(*rates: float | None, cell: Cell = made.PREFORK) -> list[TrialResult]:
    """A trial of the cell for each throughput, failed where it is None; each took 20 s."""
    return [made.result(rate, cell=cell, index=block, repeat=block, elapsed=20) for block, rate in enumerate(rates)]


NARROW = measured(95, 100, 105)
WIDE = measured(90, 100, 110)


def test_while_an_interval_is_wide_a_block_is_added() -> None:
    assert enough(asked(), WIDE) is None


def test_narrow_intervals_are_enough_and_that_is_reported() -> None:
    assert enough(asked(), NARROW) == "every throughput interval is within 5 % after 3 repeats"


def test_one_wide_interval_is_enough_to_go_on() -> None:
    assert enough(asked(), [*NARROW, *measured(80, 100, 120, cell=made.THREADS)]) is None


def test_a_cell_with_one_finished_trial_has_no_interval_yet() -> None:
    assert enough(asked(), [*NARROW, *measured(100, None, None, cell=made.THREADS)]) is None


def test_a_cell_that_always_fails_is_not_waited_for() -> None:
    failing = measured(None, None, None, cell=made.THREADS)
    assert enough(asked(), [*NARROW, *failing]) == "every throughput interval is within 5 % after 3 repeats"


def test_where_no_trial_finished_none_is_added() -> None:
    assert enough(asked(), measured(None, None, None)) == ""


def test_where_no_block_was_ever_to_be_added_there_is_nothing_to_say() -> None:
    assert enough(asked(most=3), WIDE) == ""
    assert enough(asked(most=0), WIDE) == "", "an experiment of an earlier version"


def test_there_are_no_more_than_the_most_repeats() -> None:
    wide = measured(*range(50, 140, 10))
    assert enough(asked(blocks=8), wide[:8]) is None
    reason = "some intervals are still wide after 9 repeats, the most there are"
    assert enough(asked(blocks=9), wide) == reason


def test_narrow_intervals_are_better_news_than_the_end_of_repeats_or_budget() -> None:
    said = "every throughput interval is within 5 % after 9 repeats"
    assert enough(asked(blocks=9, budget=60), measured(*[100] * 9)) == said


def test_a_block_is_added_only_if_it_will_end_within_the_budget() -> None:
    """Three blocks took 60 s, so the fourth ends after 80."""
    assert enough(asked(budget=80), WIDE) is None
    reason = "some intervals are still wide, but another repeat would not fit into 79 s"
    assert enough(asked(budget=79), WIDE) == reason


def test_without_a_budget_time_is_no_matter() -> None:
    assert enough(asked(budget=None), WIDE) is None
