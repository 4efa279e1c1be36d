"""A trial far from the others is flagged by its modified z-score."""

from __future__ import annotations

from services.analysis.cells.scatter import outliers


def test_a_value_far_from_the_others_is_flagged_and_they_are_not() -> None:
    assert outliers([100, 101, 99, 102, 98, 150]) == (False, False, False, False, False, True)
    assert outliers([10, 100, 101, 99, 100.5]) == (True, False, False, False, False)


def test_the_score_decides_at_3_and_a_half() -> None:
    # Median 0, median distance 1: the score is 0.6745 times the value.
    assert not any(outliers([-1, -1, 0, 0, 1, 1, 5.18]))
    assert outliers([-1, -1, 0, 0, 1, 1, 5.20])[-1]


def test_two_in_seven_do_not_hide_each_other() -> None:
    assert outliers([100, 101, 99, 102, 98, 400, 500]) == (False,) * 5 + (True, True)


def test_fewer_than_five_values_say_nothing() -> None:
    assert outliers([100, 101, 99, 1000]) == (False,) * 4
    assert outliers([]) == ()


def test_where_most_values_are_equal_none_is_flagged() -> None:
    assert outliers([5, 5, 5, 5, 9]) == (False,) * 5


def test_the_unit_does_not_matter() -> None:
    values = [100, 101, 99, 102, 98, 150]
    for factor in (0.001, 1000):
        assert outliers([factor * value for value in values]) == outliers(values)
