"""The verdict on one variant: a ranking, and one sentence that claims no more than the intervals show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.analysis.across import verdict
from services.analysis.cells.summary import cell_summary
from services.core.experiment import Cell
from services.core.models import Model
from services.core.report import Answer, Ranked, Verdict
from services.core.summary import CellSummary, Interval
from tests.unit.analysis.made import PREFORK, SEQUENTIAL, THREADS, environment, result

GEVENT = replace(THREADS, model=Model.GEVENT)


def measured(cell: Cell, *throughputs: float | None) -> CellSummary:
    """A cell with one trial per throughput; None is a failed trial."""
    results = [result(rate, cell=cell, repeat=repeat) for repeat, rate in enumerate(throughputs)]
    return cell_summary(cell, results, window=1, environment=environment(), unfinished=False)


def reached(*cells: CellSummary, ended: bool = True) -> Verdict:
    return verdict.reach(cells, {}, ended=ended)


def ranking(found: Verdict) -> Sequence[Ranked]:
    [variant] = found.variants
    return variant.ranking


def ranks(found: Verdict) -> dict[str, int]:
    return {ranked.cell: ranked.rank for ranked in ranking(found)}


def steady(rate: float, *, turned: int = 0) -> Sequence[float]:
    """A spread of 2 %, in another order for each `turned`: an order that cells share is a block, and no scatter."""
    factors = (0.99, 1.01, 0.997, 1.003)
    return [rate * factors[(place + turned) % 4] for place in range(4)]


def test_the_fastest_is_named_with_its_lead_over_sequential() -> None:
    found = reached(
        measured(SEQUENTIAL, *steady(95, turned=1)),
        measured(THREADS, *steady(120, turned=2)),
        measured(PREFORK, *steady(182)),
    )
    assert found.text == "prefork@2 is fastest: 182 tasks/s, 1.92 times sequential@1 (1.87 to 1.96)."
    assert found.best == ("prefork@2",)
    assert ranks(found) == {"prefork@2": 1, "threads@2": 2, "sequential@1": 3}


def test_without_sequential_the_lead_is_over_the_next() -> None:
    found = reached(
        measured(GEVENT, *steady(50, turned=1)),
        measured(PREFORK, *steady(182)),
        measured(THREADS, *steady(91, turned=2)),
    )
    assert found.text == "prefork@2 is fastest: 182 tasks/s, 2.00 times threads@2 (1.97 to 2.04)."


def test_when_sequential_itself_is_fastest_the_lead_is_over_the_next() -> None:
    found = reached(measured(SEQUENTIAL, *steady(100)), measured(THREADS, *steady(50)), measured(GEVENT, *steady(80)))
    assert found.text.startswith("sequential@1 is fastest: 100 tasks/s, 1.25 times gevent@2")


def test_sequential_on_the_fewest_nodes_is_the_baseline() -> None:
    two = replace(SEQUENTIAL, replicas=2)
    found = reached(
        measured(two, *steady(190, turned=2)),
        measured(SEQUENTIAL, *steady(95, turned=1)),
        measured(PREFORK, *steady(380)),
    )
    assert "4.0 times sequential@1 (3.9 to 4.1)" in found.text


def test_two_that_overlap_widely_are_too_close_to_call() -> None:
    found = reached(
        measured(SEQUENTIAL, *steady(95)), measured(PREFORK, 171, 194, 188, 184), measured(THREADS, 190, 182, 172, 186)
    )
    assert found.text == (
        "Too close to call between prefork@2 and threads@2, at 184 to 186 tasks/s: differences under 12 % cannot be "
        "seen with 4 repeats; prefork@2 does 1.9 times sequential@1 (1.8 to 2.1)."
    )
    assert found.best == ("prefork@2", "threads@2")
    assert ranks(found) == {"prefork@2": 1, "threads@2": 1, "sequential@1": 3}
    assert [one.answer for one in ranking(found)] == [None, Answer.NOT_ENOUGH, Answer.DIFFERS]


def test_a_resolution_of_100_percent_or_more_is_shown_as_a_factor() -> None:
    found = reached(measured(PREFORK, 100, 300, 900), measured(THREADS, 800, 100, 250), measured(GEVENT, 300, 900, 90))
    assert "differences under a factor of " in found.text


def test_two_whose_interval_is_within_5_percent_are_equally_fast() -> None:
    found = reached(
        measured(SEQUENTIAL, *steady(95)), measured(PREFORK, 180, 182, 184, 183), measured(THREADS, 182, 181, 183, 182)
    )
    assert found.text.startswith("prefork@2 and threads@2 are equally fast within 5 %, at 182 tasks/s; ")
    assert ranking(found)[1].answer is Answer.EQUAL


def test_when_all_are_too_close_nothing_is_compared() -> None:
    found = reached(measured(SEQUENTIAL, 90, 95, 99, 101), measured(THREADS, 88, 92, 98, 104))
    assert found.text == (
        "Too close to call between sequential@1 and threads@2, at 95.0 to 97.0 tasks/s: differences under 14 % "
        "cannot be seen with 4 repeats."
    )
    assert set(ranks(found).values()) == {1}


def test_a_long_tie_is_cut_short() -> None:
    cells = [measured(replace(THREADS, concurrency=slots), *steady(100)) for slots in range(1, 9)]
    assert reached(*cells).text == (
        "threads@1, threads@2, threads@3, threads@4, threads@5 and 3 more are equally fast within 5 %, at 100 tasks/s."
    )


def test_ties_below_the_first_share_their_rank_too() -> None:
    found = reached(
        measured(PREFORK, *steady(200)),
        measured(THREADS, *steady(100, turned=1)),
        measured(GEVENT, *steady(100.2)),
        measured(SEQUENTIAL, *steady(50)),
    )  # fmt: skip
    assert ranks(found) == {"prefork@2": 1, "gevent@2": 2, "threads@2": 2, "sequential@1": 4}
    assert [ranked.cell for ranked in ranking(found)] == ["prefork@2", "gevent@2", "threads@2", "sequential@1"]


def test_a_cell_that_scatters_up_to_the_fastest_shares_its_rank() -> None:
    found = reached(
        measured(PREFORK, *steady(100)), measured(THREADS, *steady(60, turned=1)), measured(GEVENT, 70, 95, 97, 110)
    )
    assert found.best == ("prefork@2", "gevent@2")
    assert ranks(found) == {"prefork@2": 1, "gevent@2": 1, "threads@2": 3}


def test_every_ratio_is_to_the_first_with_an_interval_that_holds_for_all_at_once() -> None:
    found = reached(
        measured(SEQUENTIAL, *steady(50)), measured(PREFORK, *steady(100, turned=1)), measured(THREADS, *steady(80))
    )
    assert [ranked.ratio.estimate for ranked in ranking(found)] == pytest.approx([1, 0.8, 0.5])
    alone = reached(measured(SEQUENTIAL, *steady(50)), measured(PREFORK, *steady(100, turned=1)))
    together, pair = ranking(found)[2].ratio, ranking(alone)[1].ratio
    assert together.low and pair.low and together.low < pair.low < 0.5


def test_the_first_cell_has_a_ratio_of_exactly_1() -> None:
    for repeats in (1, 4, 7):
        rates = [100 + 5 * repeat for repeat in range(repeats)]
        assert ranking(reached(measured(PREFORK, *rates)))[0].ratio == Interval(estimate=1, low=1, high=1)


def test_one_repeat_decides_nothing() -> None:
    for others in ([], [measured(THREADS, 120)]):
        found = reached(measured(SEQUENTIAL, 95), measured(PREFORK, 182), *others)
        assert found.text == (
            "prefork@2 was fastest with 182 tasks/s, 1.9 times sequential@1, but with a single repeat this may be "
            "chance."
        )
        assert set(ranks(found).values()) == {1}
        assert {one.answer for one in ranking(found)[1:]} == {Answer.NOT_ENOUGH}


def test_a_cell_with_fewer_trials_has_a_wider_interval() -> None:
    cells = measured(SEQUENTIAL, *steady(95)), measured(PREFORK, *steady(182, turned=1))
    widths = []
    for trials in ((181, 183, 180, 182), (181, None, None, None)):
        [third] = [one for one in ranking(reached(*cells, measured(THREADS, *trials))) if one.cell == "threads@2"]
        assert third.ratio.low is not None and third.ratio.high is not None
        widths.append(third.ratio.high / third.ratio.low)
    assert widths[1] > widths[0]


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
    cells = [measured(SEQUENTIAL, *steady(95, turned=1)), measured(PREFORK, *steady(182))]
    assert reached(*cells, ended=False).text == f"So far: {reached(*cells).text}"
    alone = reached(measured(PREFORK, 182), measured(SEQUENTIAL), ended=False)
    assert alone.text == "So far: prefork@2 does 182 tasks/s; no other cell has a finished trial yet."


def test_without_a_finished_trial_there_is_no_best() -> None:
    for cells, ended, text in (
        ([measured(PREFORK)], False, "Nothing measured yet."),
        ([], False, "Nothing measured yet."),
        ([measured(PREFORK)], True, "Nothing was measured."),
        ([measured(PREFORK, None)], False, "Nothing measured yet: the first trial failed."),
        ([measured(PREFORK, None), measured(THREADS, None)], False, "Nothing measured yet: all of 2 trials failed."),
        ([measured(PREFORK, None)], True, "Nothing was measured: the only trial failed."),
        ([measured(PREFORK, None, None), measured(THREADS)], True, "Nothing was measured: all 2 trials failed."),
    ):
        assert verdict.reach(cells, {}, ended=ended) == Verdict(text=text)


def test_rates_are_shown_with_three_digits() -> None:
    digits = {12_345.6: "12,346", 182.4: "182", 99.96: "100", 99.94: "99.9", 9.514: "9.51", 0.05123: "0.0512"}
    for rate, text in digits.items():
        assert f" {text} tasks/s" in reached(measured(PREFORK, rate)).text


def test_a_small_lead_is_shown_with_the_digits_that_differ_from_1() -> None:
    for lead, text in ((1.5, "1.5"), (16.04, "16.0"), (1.06, "1.1"), (1.02, "1.02"), (1.002, "1.002")):
        found = reached(measured(SEQUENTIAL, *[100] * 4), measured(PREFORK, *[100 * lead] * 4))
        assert found.text.endswith(f"{text} times sequential@1 ({text} to {text}).")


def test_a_lead_is_shown_with_the_digits_in_which_its_bounds_differ() -> None:
    wide = reached(measured(SEQUENTIAL, *[100] * 4), measured(PREFORK, 180, 190, 190, 200))
    assert wide.text.endswith("1.9 times sequential@1 (1.8 to 2.0).")
    narrow = reached(measured(SEQUENTIAL, *[100] * 4), measured(PREFORK, 188, 190, 190, 192))
    assert narrow.text.endswith("1.90 times sequential@1 (1.88 to 1.92).")
