"""The three picks: which cell, with which figures, and how sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.analysis.answer.advising import picked_again
from services.core.advice import Aim, Objectives, Sureness, TaskTimeLimits, VariantAdvice
from services.core.models import Model
from services.core.summary import CellSummary
from tests.unit.analysis.answer.tasks import advised, answer, measured, steady
from tests.unit.analysis.made import MB, facts
from tests.unit.cli.example import report

SEQUENTIAL, THREADS, GEVENT, PREFORK = Model.SEQUENTIAL, Model.THREADS, Model.GEVENT, Model.PREFORK


def cells(**aims: str) -> dict[str, str]:
    return {Aim[name.upper()]: cell for name, cell in aims.items()}


def picked(found: VariantAdvice) -> dict[str, str]:
    return {aim: one.cell for one in found.picks for aim in one.aims}


def test_a_cell_that_is_told_apart_is_the_fastest() -> None:
    found = answer(measured(SEQUENTIAL, 1, steady(50)), measured(PREFORK, 2, steady(100), peak=80))
    assert picked(found)[Aim.FASTEST] == "prefork@2"
    assert found.text == "prefork@2 is fastest with 100 tasks/s."


def test_no_cell_is_the_fastest_where_it_is_too_close_to_call() -> None:
    close = measured(PREFORK, 2, (80, 120, 100), peak=80), measured(THREADS, 2, (75, 118, 108), peak=45)
    found = answer(*close)
    assert picked(found) == cells(among_fastest="threads@2", best_value="threads@2", no_change="prefork@2")
    assert found.text.startswith("Too close to call between ")
    assert found.certainty is not None
    assert set(found.certainty.equally_good) == {"prefork@2", "threads@2"}


def test_cells_that_are_equally_fast_are_named_and_the_smallest_is_picked() -> None:
    found = answer(measured(PREFORK, 2, steady(100), peak=80), measured(THREADS, 2, steady(100), peak=45))
    assert found.certainty is not None
    assert found.certainty.sureness is Sureness.EQUAL
    assert found.text == (
        "prefork@2 and threads@2 are equally fast within 5 %; threads@2 needs the least memory of them (42.9 MiB)."
    )


def test_the_best_value_needs_the_least_memory_of_the_cells_that_may_reach_90_percent() -> None:
    found = answer(
        measured(PREFORK, 4, steady(200), peak=150),
        measured(THREADS, 4, steady(184), peak=50),
        measured(SEQUENTIAL, 1, steady(50), peak=40),
    )
    assert picked(found)[Aim.BEST_VALUE] == "threads@4"
    assert "; threads@4 reaches 92 % of that" in found.text


def test_a_cell_that_does_half_the_work_is_no_pick_however_wide_its_interval_is() -> None:
    found = answer(
        measured(PREFORK, 2, (200, 140), peak=150),
        measured(THREADS, 2, (190, 150), peak=60),
        measured(SEQUENTIAL, 1, (60, 120), peak=40),
    )
    assert "sequential@1" not in picked(found).values()


def test_nothing_to_change_is_prefork_with_a_slot_per_processor() -> None:
    grid = [measured(model, slots, steady(50 * slots)) for model in (THREADS, PREFORK) for slots in (1, 2, 4)]
    assert picked(answer(*grid))[Aim.NO_CHANGE] == "prefork@2"


@pytest.mark.parametrize("slots", [1, 4])
def test_a_cell_near_the_default_of_celery_is_not_nothing_to_change(slots: int) -> None:
    found = answer(measured(PREFORK, slots, steady(50)))
    assert Aim.NO_CHANGE not in picked(found)
    assert "--models prefork --concurrency 2" in found.missing


def test_a_default_worker_with_another_prefetch_is_not_nothing_to_change() -> None:
    prefork = measured(PREFORK, 2, steady(50))
    assert Aim.NO_CHANGE not in picked(answer(replace(prefork, facts=facts(prefetch=1))))


def test_one_cell_that_serves_several_aims_is_one_pick() -> None:
    [only] = answer(measured(PREFORK, 2, steady(100)), measured(SEQUENTIAL, 1, steady(50))).picks
    assert only.aims == (Aim.FASTEST, Aim.BEST_VALUE, Aim.NO_CHANGE)


def test_with_a_single_repeat_the_first_is_picked_and_its_chance_is_named() -> None:
    found = answer(measured(PREFORK, 2, (100,), peak=90), measured(SEQUENTIAL, 1, (50,), peak=40))
    assert found.picks[0].cell == "prefork@2"
    assert found.picks[0].aims[0] is not Aim.FASTEST
    assert found.text == "prefork@2 was fastest with 100 tasks/s, but a single repeat may be chance."
    assert found.certainty is not None
    assert found.certainty.surer == ("At least 3 repeats (--repeats).",)


def test_a_doubt_about_a_pick_begins_the_headline_and_has_its_remedy() -> None:
    found = answer(measured(PREFORK, 2, steady(100), others=1), measured(SEQUENTIAL, 1, steady(50)))
    assert found.text.startswith("Not reliable: other programs used 1.0 of the 2 cores. prefork@2 is fastest")
    assert found.certainty is not None
    assert found.certainty.surer[0].startswith("Close other programs")


def test_a_doubt_about_a_cell_that_is_not_picked_is_not_in_the_headline() -> None:
    found = answer(measured(PREFORK, 2, steady(100)), measured(SEQUENTIAL, 1, steady(50), others=1))
    assert not found.text.startswith("Not reliable")


def test_more_repeats_are_advised_by_the_difference_that_can_be_seen() -> None:
    wide = answer(measured(PREFORK, 2, (95, 105, 100)), measured(THREADS, 2, (104, 96, 103)))
    assert wide.certainty is not None
    assert wide.certainty.sureness is Sureness.CLOSE
    [advice] = wide.certainty.surer
    assert advice.startswith(("About ", "A quieter machine"))


def test_variants_have_picks_of_their_own() -> None:
    found = advised(
        *(measured(SEQUENTIAL, 1, steady(rate), limit=limit) for rate, limit in ((500, 1), (5, 2))),
        *(measured(PREFORK, 2, steady(rate), limit=limit) for rate, limit in ((300, 1), (9, 2))),
    )
    assert [one.picks[0].cell for one in found.variants] == ["sequential@1 limit=1", "prefork@2 limit=2"]


def kept(model: Model, rate: float, *, pace: float = 1, p99: float = 30, peak: float = 40) -> CellSummary:
    return measured(model, 2, steady(rate * pace), off=10, at=rate, pace=pace, p99=p99, peak=peak)


def test_at_planned_rates_the_highest_rate_kept_is_picked_with_its_p99() -> None:
    found = answer(kept(THREADS, 50), kept(THREADS, 100, p99=40), kept(PREFORK, 50), kept(PREFORK, 100, pace=0.6))
    assert picked(found)[Aim.HIGHEST_RATE] == "threads@2 at 100/s"
    assert found.text == "threads@2 keeps up with 100/s, p99 40.0 ms."
    assert found.picks[0].of_fastest is None


def test_of_two_that_keep_the_same_rate_the_lower_p99_is_picked() -> None:
    found = answer(kept(THREADS, 50, p99=40), kept(PREFORK, 50, p99=20, peak=90))
    assert picked(found)[Aim.HIGHEST_RATE] == "prefork@2 at 50/s"
    assert picked(found)[Aim.BEST_VALUE] == "threads@2 at 50/s"


def test_without_a_rate_that_is_kept_there_is_no_pick() -> None:
    found = answer(kept(THREADS, 100, pace=0.5))
    assert (found.picks, found.missing) == ((), "No cell keeps a planned rate.")


FAST = measured(PREFORK, 2, steady(100), peak=90, p99=10)
SMALL = measured(THREADS, 2, steady(80), peak=40, p99=30)


def test_a_memory_bound_picks_the_fastest_of_the_cells_that_keep_it() -> None:
    [found] = advised(FAST, SMALL, objectives=Objectives(max_memory=50 * MB)).variants
    assert [one.cell for one in found.picks] == ["threads@2"]
    assert found.text.startswith("With at most 47.7 MiB: threads@2 does 80.0 tasks/s")


def test_a_p99_bound_picks_the_fastest_of_the_cells_that_keep_it() -> None:
    [found] = advised(FAST, SMALL, objectives=Objectives(p99=0.015)).variants
    assert [one.cell for one in found.picks] == ["prefork@2"]


def test_bounds_that_no_cell_keeps_are_named_with_the_nearest_cell() -> None:
    [found] = advised(FAST, SMALL, objectives=Objectives(max_memory=30 * MB, p99=0.001)).variants
    assert found.picks == ()
    assert found.missing == (
        "No cell keeps --max-memory 28.6 MiB (least: 38.1 MiB, threads@2) and --p99 1.00 ms (lowest: 10.0 ms, "
        "prefork@2)."
    )


def test_bounds_do_not_change_what_limits_the_task() -> None:
    [bounded] = advised(FAST, SMALL, objectives=Objectives(max_memory=50 * MB)).variants
    assert {one.limit for one in bounded.why} == {one.limit for one in answer(FAST, SMALL).why}


def test_a_report_is_picked_again_without_another_change() -> None:
    before = report()
    after = picked_again(before, Objectives(p99=0.02))
    assert after.advice.objectives.p99 == 0.02
    assert replace(after, advice=before.advice) == before


def test_time_limits_that_a_model_does_not_enforce_are_named_with_its_pick() -> None:
    [found] = advised(FAST, SMALL, limits=TaskTimeLimits(soft=20, hard=30)).variants
    unenforced = {one.cell: one.unenforced for one in found.picks}
    assert unenforced["prefork@2"] == ()
    [small] = advised(SMALL, limits=TaskTimeLimits(soft=20, hard=30)).variants
    assert small.picks[0].unenforced == ("the soft time limit of 20.0 s", "the hard time limit of 30.0 s")


def test_without_a_measured_cell_there_is_no_advice() -> None:
    assert advised(measured(SEQUENTIAL, 1, ())).variants == ()


def test_on_a_busy_machine_a_quieter_one_comes_before_more_repeats() -> None:
    wide = answer(measured(PREFORK, 2, (50, 150, 100), others=1), measured(THREADS, 2, (140, 60, 103), others=1))
    assert wide.certainty is not None
    assert [one for one in wide.certainty.surer if "quieter machine" in one] == []


def test_picking_again_keeps_the_time_limits_of_the_task() -> None:
    before = replace(report(), cells=(SMALL,), advice=advised(SMALL, limits=TaskTimeLimits(hard=30)))
    again = picked_again(before, Objectives(p99=1))
    assert again.advice.limits == TaskTimeLimits(hard=30)


def test_a_report_with_the_same_objectives_is_not_picked_again() -> None:
    before = report()
    assert picked_again(before, Objectives()) is before
