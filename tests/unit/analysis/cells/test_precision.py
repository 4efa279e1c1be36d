"""How sure an experiment is, is how sure its least sure cell is."""

from __future__ import annotations

import pytest

from services.analysis.cells.by_block import widest
from services.core.trial import TrialResult
from tests.unit.analysis.made import PREFORK, SEQUENTIAL, THREADS, result

SURE = [result(rate, cell=SEQUENTIAL, repeat=repeat) for repeat, rate in enumerate((99, 100, 101))]


def test_it_is_half_the_width_of_the_interval_over_the_median() -> None:
    assert widest(SURE) == pytest.approx(0.01)


def test_the_widest_cell_counts_relative_to_its_own_median() -> None:
    wide = [result(rate, cell=PREFORK, repeat=repeat) for repeat, rate in enumerate((9, 10, 11))]
    assert widest([*SURE, *wide]) == pytest.approx(0.1)
    assert widest([*wide, *SURE]) == pytest.approx(0.1)


def test_more_repeats_make_it_narrower() -> None:
    rates = [90, 95, 100, 105, 110]
    few = widest([result(rate, repeat=repeat) for repeat, rate in enumerate(rates)])
    many = widest([result(rate, repeat=repeat) for repeat, rate in enumerate(rates * 4)])
    assert few is not None and many is not None and many < few


@pytest.mark.parametrize("results", [[result(100, cell=THREADS)], [*SURE, result(100, cell=THREADS)]])
def test_a_cell_with_one_trial_has_no_interval_yet(results: list[TrialResult]) -> None:
    assert widest(results) is None


def test_failed_trials_make_nothing_surer_and_nothing_less_sure() -> None:
    assert widest([*SURE, result(None, cell=SEQUENTIAL, repeat=3), result(None, cell=PREFORK)]) == widest(SURE)


def test_nothing_measured_is_not_sure() -> None:
    assert widest([]) is None
    assert widest([result(None)]) is None
