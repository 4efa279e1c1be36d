"""The verdict says what the intervals say, in one sentence, and no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.analysis import verdict
from services.analysis.cells import cell_summary
from services.core.experiment import Cell, Model
from services.core.report import Verdict
from services.core.summary import CellSummary, Interval
from tests.unit.analysis.made import PREFORK, SEQUENTIAL, THREADS, environment, result

GEVENT = replace(THREADS, model=Model.GEVENT)


def measured(cell: Cell, *throughputs: float | None) -> CellSummary:
    """A cell with a trial a throughput; None is a failed one."""
    results = [result(rate, cell=cell, repeat=repeat) for repeat, rate in enumerate(throughputs)]
    return cell_summary(cell, results, window=1, environment=environment(), unfinished=False)


def reached(*cells: CellSummary, ended: bool = True) -> Verdict:
    return verdict.reach(cells, ended=ended)


def ranks(found: Verdict) -> dict[str, int]:
    return {ranked.cell: ranked.rank for ranked in found.ranking}


def steady(rate: float, count: int = 4) -> Sequence[float]:
    """A spread of 2 %."""
    return [rate * (0.99 + 0.02 * place / (count - 1)) for place in range(count)]


def test_the_fastest_is_named_with_its_lead_over_sequential() -> None:
    found = reached(measured(SEQUENTIAL, *steady(95)), measured(THREADS, *steady(120)), measured(PREFORK, *steady(182)))
    assert found.text == "prefork@2 is fastest: 182 tasks/s, 1.92 times sequential@1 (1.88 to 1.95)."
    assert found.best == ("prefork@2",)
    assert ranks(found) == {"prefork@2": 1, "threads@2": 2, "sequential@1": 3}


def test_without_sequential_the_lead_is_over_the_next() -> None:
    found = reached(measured(GEVENT, *steady(50)), measured(PREFORK, *steady(182)), measured(THREADS, *steady(91)))
    assert found.text == "prefork@2 is fastest: 182 tasks/s, 2.00 times threads@2 (1.96 to 2.04)."


def test_when_sequential_itself_is_fastest_the_lead_is_over_the_next() -> None:
    found = reached(measured(SEQUENTIAL, *steady(100)), measured(THREADS, *steady(50)), measured(GEVENT, *steady(80)))
    assert found.text.startswith("sequential@1 is fastest: 100 tasks/s, 1.25 times gevent@2")


def test_sequential_on_the_fewest_nodes_is_the_yardstick() -> None:
    two = replace(SEQUENTIAL, replicas=2)
    found = reached(measured(two, *steady(190)), measured(SEQUENTIAL, *steady(95)), measured(PREFORK, *steady(380)))
    assert "4.0 times sequential@1 (3.9 to 4.1)" in found.text


def test_two_that_overlap_are_too_close_to_call() -> None:
    found = reached(
        measured(SEQUENTIAL, *steady(95)), measured(PREFORK, 180, 181, 184, 186), measured(THREADS, 179, 182, 183, 185)
    )
    assert found.text == (
        "Too close to call between prefork@2 and threads@2, at 182 tasks/s; "
        "prefork@2 does 1.92 times sequential@1 (1.88 to 1.97)."
    )
    assert found.best == ("prefork@2", "threads@2")
    assert ranks(found) == {"prefork@2": 1, "threads@2": 1, "sequential@1": 3}


def test_when_all_are_too_close_nothing_is_compared() -> None:
    found = reached(measured(SEQUENTIAL, 90, 95, 99, 101), measured(THREADS, 88, 92, 98, 104))
    assert found.text == "Too close to call between sequential@1 and threads@2, at 95 to 97 tasks/s."
    assert set(ranks(found).values()) == {1}


def test_a_long_tie_is_cut_short() -> None:
    cells = [measured(replace(THREADS, concurrency=slots), *steady(100)) for slots in range(1, 9)]
    assert reached(*cells).text == (
        "Too close to call between threads@1, threads@2, threads@3, threads@4, threads@5 and 3 more, at 100 tasks/s."
    )


def test_ties_below_the_first_share_their_rank_too() -> None:
    found = reached(
        measured(PREFORK, *steady(200)), measured(THREADS, *steady(100)), measured(GEVENT, *steady(100.2)),
        measured(SEQUENTIAL, *steady(50)),
    )  # fmt: skip
    assert ranks(found) == {"prefork@2": 1, "gevent@2": 2, "threads@2": 2, "sequential@1": 4}
    assert [ranked.cell for ranked in found.ranking] == ["prefork@2", "gevent@2", "threads@2", "sequential@1"]


def test_a_cell_that_scatters_up_to_the_fastest_shares_its_rank() -> None:
    found = reached(measured(PREFORK, *steady(100)), measured(THREADS, *steady(95)), measured(GEVENT, 60, 90, 96, 130))
    assert found.best == ("prefork@2", "gevent@2")
    assert ranks(found) == {"prefork@2": 1, "gevent@2": 1, "threads@2": 3}


def test_every_ratio_is_to_the_first() -> None:
    found = reached(measured(SEQUENTIAL, *steady(50)), measured(PREFORK, *steady(100)), measured(THREADS, *steady(80)))
    assert [ranked.ratio.median for ranked in found.ranking] == pytest.approx([1, 0.8, 0.5])
    assert found.ranking[2].ratio.low == pytest.approx(0.5 * 0.99 / 1.01)


@pytest.mark.parametrize("repeats", [1, 4, 7])
def test_the_first_is_exactly_once_as_fast_as_itself(repeats: int) -> None:
    rates = [100 + 5 * repeat for repeat in range(repeats)]
    assert reached(measured(PREFORK, *rates)).ranking[0].ratio == Interval(median=1, low=1, high=1)


def test_one_repeat_has_no_interval_and_the_verdict_says_so() -> None:
    found = reached(measured(SEQUENTIAL, 95), measured(PREFORK, 182))
    assert found.text == (
        "prefork@2 is fastest: 182 tasks/s, 1.9 times sequential@1; "
        "but one repeat has no interval, so it may be chance."
    )
    assert found.best == ("prefork@2",)
    assert ranks(found) == {"prefork@2": 1, "sequential@1": 2}
    assert found.ranking[1].ratio.low is None


def test_one_repeat_of_the_next_is_enough_for_doubt() -> None:
    found = reached(measured(SEQUENTIAL, *steady(95)), measured(PREFORK, *steady(182)), measured(THREADS, 181))
    assert found.text == (
        "prefork@2 is fastest: 182 tasks/s, 1.92 times sequential@1; "
        "but one repeat has no interval, so it may be chance."
    )


def test_a_single_cell_has_nothing_to_be_compared_with() -> None:
    found = reached(measured(PREFORK, 180, 182, 185, 190))
    assert found.text == "prefork@2 does 184 tasks/s (180 to 190); there is no other cell to compare it with."
    assert ranks(found) == {"prefork@2": 1}
    once = reached(measured(PREFORK, 182))
    assert once.text == "prefork@2 does 182 tasks/s; there is no other cell to compare it with."


def test_a_cell_whose_trials_failed_is_not_ranked() -> None:
    found = reached(measured(SEQUENTIAL, None, None), measured(PREFORK, *steady(182)))
    assert found.text == "prefork@2 does 182 tasks/s (180 to 184); no other cell has a finished trial."
    assert ranks(found) == {"prefork@2": 1}


def test_while_trials_are_to_come_the_verdict_is_so_far() -> None:
    cells = [measured(SEQUENTIAL, *steady(95)), measured(PREFORK, *steady(182))]
    assert reached(*cells, ended=False).text == f"So far: {reached(*cells).text}"
    alone = reached(measured(PREFORK, 182), measured(SEQUENTIAL), ended=False)
    assert alone.text == "So far: prefork@2 does 182 tasks/s; no other cell has a finished trial yet."


@pytest.mark.parametrize(
    ("cells", "ended", "text"),
    [
        ([measured(PREFORK)], False, "Nothing measured yet."),
        ([], False, "Nothing measured yet."),
        ([measured(PREFORK)], True, "Nothing was measured."),
        ([measured(PREFORK, None)], False, "Nothing measured yet: the first trial failed."),
        ([measured(PREFORK, None), measured(THREADS, None)], False, "Nothing measured yet: all of 2 trials failed."),
        ([measured(PREFORK, None)], True, "Nothing was measured: the only trial failed."),
        ([measured(PREFORK, None, None), measured(THREADS)], True, "Nothing was measured: all 2 trials failed."),
    ],
)
def test_without_a_finished_trial_there_is_no_best(cells: list[CellSummary], ended: bool, text: str) -> None:
    assert verdict.reach(cells, ended=ended) == Verdict(text=text, best=(), ranking=())


@pytest.mark.parametrize(
    ("rate", "text"),
    [(12_345.6, "12,346"), (182.4, "182"), (99.96, "100"), (99.94, "99.9"), (9.514, "9.51"), (0.05123, "0.0512")],
)
def test_rates_are_said_with_three_digits(rate: float, text: str) -> None:
    assert f" {text} tasks/s" in reached(measured(PREFORK, rate)).text


@pytest.mark.parametrize(
    ("lead", "text"),
    [
        (1.5, "1.5 times sequential@1 (1.5 to 1.5)"),
        (16.04, "16.0 times sequential@1 (16.0 to 16.0)"),
        (1.06, "1.1 times sequential@1 (1.1 to 1.1)"),
        (1.02, "1.02 times sequential@1 (1.02 to 1.02)"),
        (1.002, "1.002 times sequential@1 (1.002 to 1.002)"),
    ],
)
def test_a_small_lead_is_said_with_the_digits_that_tell_it_from_none(lead: float, text: str) -> None:
    found = reached(measured(SEQUENTIAL, *[100] * 4), measured(PREFORK, *[100 * lead] * 4))
    assert found.text.endswith(f"{text}.")


def test_a_lead_is_said_with_the_digits_that_tell_its_bounds_apart() -> None:
    wide = reached(measured(SEQUENTIAL, *[100] * 4), measured(PREFORK, 180, 190, 190, 200))
    assert wide.text.endswith("1.9 times sequential@1 (1.8 to 2.0).")
    narrow = reached(measured(SEQUENTIAL, *[100] * 4), measured(PREFORK, 188, 190, 190, 192))
    assert narrow.text.endswith("1.90 times sequential@1 (1.88 to 1.92).")
