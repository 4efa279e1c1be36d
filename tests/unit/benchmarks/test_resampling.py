"""How often a difference is called, from trials whose answer is known."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from benchmarks.resampling import Block, Calls, draw, experiment, judged, resample, slower
from services.core.experiment import Effort
from tests.unit.analysis import made

ONE = replace(made.THREADS, variant={"limit": 9})
OTHER = replace(made.THREADS, variant={"limit": 10})


def blocks(count: int, *, scatter: float, slowed: float = 1.0, seed: int = 1) -> list[Block]:
    source = random.Random(seed)

    def rate() -> float:
        return 100 * source.lognormvariate(0, scatter)

    return [
        (
            made.result(rate(), cell=ONE, index=2 * repeat, repeat=repeat),
            made.result(rate() / slowed, cell=OTHER, index=2 * repeat + 1, repeat=repeat),
        )
        for repeat in range(count)
    ]


CELLS = (ONE, OTHER)


def test_a_planted_difference_far_above_the_scatter_is_always_found() -> None:
    found = resample(blocks(20, scatter=0.01, slowed=1.2), Effort.STANDARD, 40, equal=1, seed=1)
    assert found == Calls(found=40, of=40)


def test_a_difference_the_other_way_round_is_not_the_planted_one() -> None:
    found = resample(blocks(20, scatter=0.01, slowed=0.8), Effort.STANDARD, 40, equal=1, seed=1)
    assert found == Calls(found=0, of=40)


def test_equal_cells_are_seldom_told_apart() -> None:
    found = resample(blocks(40, scatter=0.03), Effort.STANDARD, 300, equal=2, seed=1)
    assert found is not None
    assert found.rate < 0.08


def test_equal_trials_are_never_told_apart() -> None:
    assert resample(blocks(15, scatter=0.0), Effort.QUICK, 50, equal=2, seed=1) == Calls(found=0, of=50)


def test_cells_that_change_places_hide_even_a_large_difference_often() -> None:
    """The null is about equal cells: labels mean nothing in it, so a difference of labels must not survive."""
    found = resample(blocks(20, scatter=0.01, slowed=1.2), Effort.THOROUGH, 200, equal=2, seed=1)
    assert found is not None
    assert found.rate < 0.2


def test_too_few_blocks_for_an_effort_give_no_answer() -> None:
    assert resample(blocks(9, scatter=0.01), Effort.THOROUGH, 10, equal=2, seed=1) is None


def test_standard_adds_blocks_while_intervals_are_wide() -> None:
    for scatter, ran in ((0.001, 5), (0.5, 15)):
        report = experiment(blocks(15, scatter=scatter), Effort.STANDARD, CELLS)
        assert [len(cell.trials) for cell in report.cells] == [ran, ran]
        assert report.progress.done == report.progress.total == 2 * ran


def test_blocks_are_drawn_from_neighbours_and_lose_none() -> None:
    drawn = draw(blocks(30, scatter=0.1), 10, random.Random(3), equal=2)
    places = sorted(min(one.trial.index for one in block) // 2 for block in drawn)
    assert places == list(range(places[0], places[0] + 10))
    assert {one.trial.cell.name for one, _ in drawn} == {ONE.name, OTHER.name}


def test_a_slowed_cell_keeps_its_place_in_every_draw() -> None:
    drawn = draw(blocks(30, scatter=0.1), 10, random.Random(3), equal=1)
    assert {last.trial.cell.name for _, last in drawn} == {OTHER.name}


def test_cells_keep_their_names_with_any_trials() -> None:
    given = blocks(5, scatter=0.0, slowed=1.5)
    turned = [(two, one) for one, two in given]
    assert slower(judged(given, Effort.STANDARD, CELLS)) == {CELLS[1].name}
    assert slower(judged(turned, Effort.STANDARD, CELLS)) == {CELLS[0].name}


def test_the_interval_of_a_rate_is_clopper_and_pearson() -> None:
    low, high = Calls(found=0, of=20).interval
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert Calls(found=0, of=0).interval == (0.0, 1.0)


def test_calls_add_up() -> None:
    assert Calls(found=1, of=20) + Calls(found=2, of=20) == Calls(found=3, of=40)
    assert str(Calls(found=1, of=4)) == "1 of 4: 25.0% (0.6% to 80.6%)"
