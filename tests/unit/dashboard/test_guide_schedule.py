from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import pytest

from dashboard.guide.picture import LEFT, RIGHT, pictures
from dashboard.guide.schedule import ASIDE, TASK, TURN, Case, Doing, Schedule, Work, schedule
from services.core.models import Model

CASE = Case(model=Model.THREADS, work=Work.COMPUTING, tasks=8, slots=4, cores=2)
EVERY = [
    Case(model=model, work=work, tasks=tasks, slots=slots, cores=cores)
    for model, work, tasks, slots, cores in product(
        (Model.SEQUENTIAL, Model.THREADS, Model.PREFORK), Work, (1, 5, 12), (1, 3, 8), (1, 2, 8)
    )
]


def of(model: Model, work: Work = Work.COMPUTING, **numbers: int) -> Schedule:
    return schedule(replace(CASE, model=model, work=work, **numbers))


def at_work(found: Schedule, moment: int) -> int:
    return sum(one.core is not None and one.start <= moment < one.end for one in found.stretches)


def test_sequential_does_one_task_at_a_time_in_any_case() -> None:
    found = of(Model.SEQUENTIAL, slots=8, cores=8)
    assert found.end == 8 * TASK
    assert [one.task for one in found.stretches] == list(range(8))
    assert {one.slot for one in found.stretches} == {0}


def test_computing_threads_take_as_long_as_one_after_another() -> None:
    found = of(Model.THREADS, cores=8)
    assert found.end == 8 * TASK
    assert found.busy == 1


def test_computing_threads_give_way_after_each_turn() -> None:
    found = of(Model.THREADS, tasks=2, slots=2)
    turns = sorted((one.start, one.end, one.slot) for one in found.stretches if one.doing is Doing.COMPUTING)
    assert [end - start for start, end, _ in turns] == [TURN] * (2 * TASK // TURN)
    assert all(one[2] != other[2] for one, other in pairwise(turns))


def test_a_thread_continues_while_no_other_is_ready() -> None:
    (only,) = of(Model.THREADS, tasks=1).stretches
    assert (only.start, only.end) == (0, TASK)


def test_a_greenlet_computes_until_its_task_ends_and_the_next_in_line_goes_on() -> None:
    found = schedule(Case(model=Model.GEVENT, work=Work.COMPUTING, tasks=4, slots=2, cores=2))
    order = sorted((one.start, one.task, one.end) for one in found.stretches if one.core is not None)
    assert order == [(0, 0, 20), (20, 1, 40), (40, 2, 60), (60, 3, 80)]


def test_waits_of_threads_overlap() -> None:
    found = of(Model.THREADS, Work.WAITING, tasks=4, slots=4)
    assert found.end == TASK + 3 * ASIDE, "each begins when the one before has let the GIL go"
    assert found.busy == 1


def test_waits_of_one_after_another_add_up() -> None:
    assert of(Model.SEQUENTIAL, Work.WAITING).end == 8 * TASK


@pytest.mark.parametrize(("slots", "cores", "at_once"), [(1, 8, 1), (2, 2, 2), (4, 2, 2), (2, 4, 2), (8, 8, 8)])
def test_processes_compute_on_as_many_cores_as_there_are_slots_for(slots: int, cores: int, at_once: int) -> None:
    found = of(Model.PREFORK, slots=slots, cores=cores)
    assert found.busy == at_once
    assert found.end == 8 * TASK / at_once


def test_every_task_is_done_once_in_one_slot_with_all_its_work() -> None:
    for case in EVERY:
        found = schedule(case)
        for task in range(case.tasks):
            mine = [one for one in found.stretches if one.task == task]
            assert len({one.slot for one in mine}) == 1
            worked = sum(one.end - one.start for one in mine if one.doing is not Doing.STANDING)
            assert worked == TASK


def test_no_core_and_no_slot_does_two_things_at_once() -> None:
    for case in EVERY:
        found = schedule(case)
        assert max(at_work(found, moment) for moment in range(found.end)) == found.busy <= case.at_once
        by_core = [(one.core, one.start, one.end) for one in found.stretches if one.core is not None]
        by_slot = [(one.slot, one.start, one.end) for one in found.stretches]
        for lanes in (by_core, by_slot):
            for one, other in pairwise(sorted(lanes)):
                assert one[0] != other[0] or one[2] <= other[1]


def test_no_slot_waits_while_a_core_is_free() -> None:
    for case in EVERY:
        found = schedule(case)
        standing = [one for one in found.stretches if one.doing is Doing.STANDING]
        assert all(at_work(found, moment) == case.at_once for one in standing for moment in range(one.start, one.end))


def test_pictures_share_the_time_scale_of_the_longest() -> None:
    slow, fast = pictures([of(Model.SEQUENTIAL), of(Model.PREFORK)])
    assert slow.span == fast.span == 8 * TASK
    assert max(one.x + one.width for one in slow.boxes) == pytest.approx(RIGHT)
    assert max(one.x + one.width for one in fast.boxes) == pytest.approx((LEFT + RIGHT) / 2)


def test_a_picture_shows_slots_and_cores_that_stay_idle() -> None:
    (only,) = pictures([of(Model.THREADS, tasks=1, slots=3, cores=2)])
    assert [one.label for one in only.lanes] == ["slot 1", "slot 2", "slot 3", "core 1", "core 2"]


def test_a_picture_stays_inside_its_frame() -> None:
    for case in EVERY:
        (only,) = pictures([schedule(case)])
        assert all(one.x >= LEFT and one.x + one.width <= RIGHT + 0.02 for one in only.boxes)
        assert all(one.y + one.height < only.height - 17 for one in only.boxes)
        assert all(one.x + 18 <= only.width for one in only.squares)


def test_a_picture_states_in_words_what_it_shows() -> None:
    threads, processes = pictures([of(Model.THREADS), of(Model.PREFORK)])
    assert threads.caption == (
        "8 tasks are done after 160 ms in 4 slots, as long as one after another. At most 1 core works at once: the GIL "
        "lets one thread run, and they take turns."
    )
    assert "2.0 times as fast" in processes.caption and "more processes than cores" in processes.caption
