"""Theoretical ceilings: what slots, the GIL, one thread or the cores allow, from what one slot needs."""

from __future__ import annotations

import pytest

from services.analysis.answer.ceilings import worth
from services.analysis.answer.readings import reading
from services.core.advice import CeilingKind
from services.core.findings import BareSpeedup
from services.core.models import Model
from services.core.summary import CellSummary
from tests.unit.analysis.answer.tasks import answer, measured, steady
from tests.unit.analysis.made import environment

#: 10 ms of CPU time and 11 ms in the slot per task.
COMPUTING = measured(Model.SEQUENTIAL, 1, steady(100), cpu=10, cores=1.0)
#: 20 ms asleep, 21 ms in the slot, 1 ms of CPU time per task.
SLEEPING = measured(Model.SEQUENTIAL, 1, steady(50), off=20, cores=0.05)


def ceiling(*cells: CellSummary) -> dict[str, tuple[CeilingKind, float]]:
    return {one.cell: (one.set_by, round(one.at_most, 1)) for one in answer(*cells).ceilings}


def test_processes_reach_at_most_what_the_cores_allow() -> None:
    assert ceiling(COMPUTING, measured(Model.PREFORK, 4, steady(190), cpu=10, cores=2))["prefork@4"] == (
        CeilingKind.CORES,
        200.0,
    )


def test_threads_under_the_gil_reach_at_most_what_one_core_allows() -> None:
    threads = measured(Model.THREADS, 2, steady(99), cpu=10, off=10, cores=1)
    assert ceiling(COMPUTING, threads)["threads@2"] == (CeilingKind.GIL, 100.0)


def test_threads_that_used_two_cores_are_not_bound_by_the_gil() -> None:
    assert ceiling(COMPUTING, measured(Model.THREADS, 4, steady(190), cpu=10, cores=2))["threads@4"] == (
        CeilingKind.CORES,
        200.0,
    )


def test_threads_that_others_kept_off_the_cores_are_not_known_to_hold_the_gil() -> None:
    threads = measured(Model.THREADS, 4, steady(99), cpu=10, off=30, cores=1, others=0.9)
    assert ceiling(COMPUTING, threads)["threads@4"][0] is CeilingKind.CORES


def test_one_thread_on_a_whole_core_does_not_show_that_threads_take_turns() -> None:
    one = measured(Model.THREADS, 1, steady(99), cpu=10, cores=1)
    several = measured(Model.THREADS, 4, steady(100), cpu=10, off=30, cores=1, others=0.9)
    assert ceiling(COMPUTING, one, several)["threads@4"][0] is CeilingKind.CORES


def test_the_wait_for_a_core_is_no_part_of_the_time_that_a_task_needs() -> None:
    alone = measured(Model.SEQUENTIAL, 1, steady(30), off=30, core_wait=10, cores=0.05)
    assert ceiling(alone)["sequential@1"] == (CeilingKind.SLOTS, round(1 / 0.021, 1))


def test_greenlets_reach_at_most_what_their_thread_allows() -> None:
    assert ceiling(COMPUTING, measured(Model.GEVENT, 8, steady(99), cores=1))["gevent@8"] == (
        CeilingKind.ONE_THREAD,
        100.0,
    )


@pytest.mark.parametrize("model", [Model.THREADS, Model.GEVENT, Model.PREFORK])
def test_tasks_that_wait_reach_at_most_one_per_slot_and_time_in_it(model: Model) -> None:
    assert ceiling(SLEEPING, measured(model, 4, steady(180), off=20))[f"{model}@4"] == (
        CeilingKind.SLOTS,
        round(4 / 0.021, 1),
    )


def test_what_was_reached_is_the_throughput_over_the_ceiling() -> None:
    found = answer(COMPUTING, measured(Model.PREFORK, 2, steady(180), cpu=10, cores=1.9))
    [prefork] = [one for one in found.ceilings if one.cell == "prefork@2"]
    assert prefork.reached.estimate == pytest.approx(180 / prefork.at_most)


def test_without_a_cell_of_one_slot_there_is_no_ceiling() -> None:
    assert ceiling(measured(Model.THREADS, 2, steady(99), cpu=10)) == {}


def test_at_planned_rates_there_is_no_ceiling() -> None:
    assert answer(measured(Model.THREADS, 1, steady(20), off=20, at=20)).ceilings == ()


@pytest.mark.parametrize(("speedup", "cores"), [(2.0, 2.0), (1.6, 1.6), (0.9, 1.0)])
def test_cores_are_worth_what_bare_processes_reach_but_no_less_than_one(speedup: float, cores: float) -> None:
    bare = BareSpeedup(
        node="a",
        cores=2,
        processes=2,
        blocks=1,
        missing=0,
        reason="",
        speedup=speedup,
        lowest=speedup,
        highest=speedup,
        drift=1.0,
    )
    one = reading(COMPUTING, environment())
    assert one is not None
    assert worth(one, (bare,)) == pytest.approx(cores)


def test_no_cell_lies_above_a_ceiling_from_a_slot_that_needed_more_processor_time() -> None:
    slow = measured(Model.SEQUENTIAL, 1, steady(50), off=20, cores=0.1)
    quick = measured(Model.GEVENT, 64, steady(900), off=20, cores=0.95)
    [gevent] = [one for one in answer(slow, quick).ceilings if one.cell == "gevent@64"]
    assert gevent.reached.estimate <= 1
