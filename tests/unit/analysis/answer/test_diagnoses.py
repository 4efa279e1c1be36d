"""What limits a task: figures with a known cause, and the diagnosis of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.core.advice import Limit, Sign
from services.core.models import Model
from services.core.summary import CellSummary
from tests.unit.analysis.answer.tasks import answer, measured, steady, why
from tests.unit.analysis.made import environment, node

SEQUENTIAL, THREADS, GEVENT, PREFORK = Model.SEQUENTIAL, Model.THREADS, Model.GEVENT, Model.PREFORK

#: 10 ms of Python per task, and about 1 ms of CPU time for carrying it.
COMPUTING = measured(SEQUENTIAL, 1, steady(90), cpu=10, cores=0.98)
#: 20 ms asleep per task.
SLEEPING = measured(SEQUENTIAL, 1, steady(46), off=20, cores=0.06)


def limits(*cells: CellSummary) -> dict[str, Limit]:
    return {name: found.limit for name, found in why(*cells).items()}


def test_threads_that_compute_on_one_core_of_two_are_limited_by_the_gil() -> None:
    threads = measured(THREADS, 2, steady(91), cpu=10, off=10, cores=1.0)
    found = why(COMPUTING, threads)["threads@2"]
    assert found.limit is Limit.GIL
    signs = {one.sign: one.value for one in found.evidence}
    assert signs[Sign.CORES_USED] == pytest.approx(1.0)
    assert signs[Sign.OVER_ONE_SLOT] == pytest.approx(91 / 90)


def test_processes_that_compute_on_all_cores_are_limited_by_the_cores() -> None:
    assert limits(COMPUTING, measured(PREFORK, 2, steady(170), cpu=10, off=1, cores=1.9))["prefork@2"] is Limit.CORES


def test_processes_that_use_all_that_small_programs_leave_are_limited_by_the_cores() -> None:
    prefork = measured(PREFORK, 2, steady(150), cpu=10, off=2, cores=1.55, others=0.25)
    assert limits(COMPUTING, prefork)["prefork@2"] is Limit.CORES


def test_threads_without_the_gil_are_limited_by_the_cores() -> None:
    threads = measured(THREADS, 2, steady(170), cpu=10, off=1, cores=1.9)
    assert limits(COMPUTING, threads)["threads@2"] is Limit.CORES


def test_greenlets_that_compute_are_limited_by_their_one_thread() -> None:
    assert limits(COMPUTING, measured(GEVENT, 2, steady(90), off=12, cores=0.98))["gevent@2"] is Limit.ONE_THREAD


@pytest.mark.parametrize("model", [THREADS, GEVENT, PREFORK])
def test_slots_that_are_all_asleep_are_limited_by_the_waiting_of_the_task(model: Model) -> None:
    found = limits(SLEEPING, measured(model, 4, steady(184), off=20, cores=0.25))
    assert found == {f"{model}@4": Limit.WAITING, "sequential@1": Limit.WAITING}


def test_a_body_that_costs_less_than_carrying_it_is_limited_by_carrying() -> None:
    empty = measured(SEQUENTIAL, 1, steady(800), cpu=0.01, storing=0.6, cores=0.98)
    prefork = measured(PREFORK, 2, steady(900), cpu=0.01, storing=0.8, cores=1.6)
    assert set(limits(empty, prefork).values()) == {Limit.CARRYING}


def test_processes_that_are_slower_together_while_cores_are_idle_share_something_outside() -> None:
    cells = [measured(model, 4, steady(47), off=82, cores=0.1) for model in (THREADS, PREFORK)]
    assert {limits(SLEEPING, *cells)[name] for name in ("threads@4", "prefork@4")} == {Limit.SHARED}


def test_threads_that_are_slower_together_and_processes_that_are_not_share_a_lock() -> None:
    threads = measured(THREADS, 4, steady(47), off=82, cores=0.1)
    prefork = measured(PREFORK, 4, steady(184), off=20, cores=0.3)
    assert limits(SLEEPING, threads, prefork)["threads@4"] is Limit.LOCK


def test_threads_that_are_slower_together_with_no_processes_to_compare_are_not_explained() -> None:
    found = why(SLEEPING, measured(THREADS, 4, steady(47), off=82, cores=0.1))["threads@4"]
    assert found.limit is Limit.UNKNOWN
    assert "prefork" in found.remedy


def test_greenlets_that_are_slower_together_and_threads_that_are_not_wait_unseen_by_gevent() -> None:
    threads = measured(THREADS, 4, steady(184), off=20, cores=0.3)
    gevent = measured(GEVENT, 4, steady(47), off=82, cores=0.1)
    assert limits(SLEEPING, threads, gevent)["gevent@4"] is Limit.BLOCKED_LOOP


def test_greenlets_of_which_one_runs_at_a_time_wait_unseen_by_gevent() -> None:
    gevent = measured(GEVENT, 4, steady(46), off=20, cores=0.1)
    assert limits(SLEEPING, gevent)["gevent@4"] is Limit.BLOCKED_LOOP


def test_threads_of_which_one_runs_at_a_time_do_not_wait_unseen_by_gevent() -> None:
    threads = measured(THREADS, 4, steady(46), off=20, cores=0.1)
    assert limits(SLEEPING, threads)["threads@4"] is Limit.CARRYING


def test_one_waiting_slot_is_no_reason_for_more_slots_that_hold_each_other_up() -> None:
    cells = [measured(model, 4, steady(47), off=82, cores=0.1) for model in (THREADS, PREFORK)]
    assert "sequential@1" not in limits(SLEEPING, *cells)


def test_slots_that_wait_for_each_other_do_not_wait_for_other_programs() -> None:
    cells = [measured(model, 4, steady(47), off=82, cores=0.1, others=1.8) for model in (THREADS, PREFORK)]
    assert set(limits(SLEEPING, *cells).values()) == {Limit.SHARED}


def test_threads_that_wait_for_a_core_do_not_wait_for_a_lock() -> None:
    threads = measured(THREADS, 4, steady(47), off=82, core_wait=20, cores=0.1, others=1.8)
    prefork = measured(PREFORK, 4, steady(184), off=20, cores=0.1)
    assert limits(SLEEPING, threads, prefork).get("threads@4") is not Limit.LOCK


def test_other_programs_that_use_the_rest_of_the_cores_are_the_limit() -> None:
    threads = measured(THREADS, 2, steady(91), cpu=10, off=10, core_wait=8, cores=0.9, others=1.0)
    assert limits(COMPUTING, threads)["threads@2"] is Limit.NEIGHBOUR


def test_tasks_that_wait_for_their_own_busy_processes_are_limited_by_the_cores() -> None:
    alone = measured(SEQUENTIAL, 1, steady(76), off=12, cores=0.95)
    assert limits(alone, measured(PREFORK, 2, steady(150), off=12, cores=1.9))["prefork@2"] is Limit.CORES


def test_a_task_whose_own_threads_compute_while_it_waits_for_them_does_not_wait() -> None:
    alone = measured(SEQUENTIAL, 1, steady(60), off=15, cores=0.9)
    assert limits(alone) == {"sequential@1": Limit.UNKNOWN}


def test_a_cell_with_several_slots_is_judged_before_a_faster_one_with_one_slot() -> None:
    cells = [measured(THREADS, slots, steady(rate), cpu=10, cores=1.0) for slots, rate in ((1, 95), (2, 91))]
    assert limits(measured(PREFORK, 2, steady(170), cpu=10, cores=1.9), *cells)["threads@2"] is Limit.GIL


def test_other_programs_that_leave_a_core_idle_are_not_the_limit() -> None:
    threads = measured(THREADS, 2, steady(91), cpu=10, off=10, cores=1.0, others=0.4)
    assert limits(COMPUTING, threads)["threads@2"] is Limit.GIL


def test_other_programs_do_not_matter_to_slots_that_wait() -> None:
    threads = measured(THREADS, 2, steady(92), off=20, cores=0.1, others=1.7)
    assert limits(SLEEPING, threads)["threads@2"] is Limit.WAITING


def test_a_quota_that_stops_the_worker_is_the_limit() -> None:
    prefork = measured(PREFORK, 2, steady(80), cpu=10, off=12, cores=0.9, throttled=0.8)
    assert limits(COMPUTING, prefork)["prefork@2"] is Limit.QUOTA


def test_a_task_that_uses_two_cores_in_one_slot_is_parallel_inside() -> None:
    alone = measured(SEQUENTIAL, 1, steady(90), cpu=10, cores=1.9)
    assert limits(alone, measured(PREFORK, 2, steady(95), cpu=20, cores=1.95))["prefork@2"] is Limit.THREADS_INSIDE


def test_a_process_and_the_main_process_beside_it_are_not_a_task_that_is_parallel_inside() -> None:
    alone = measured(PREFORK, 1, steady(90), cpu=10, cores=1.35)
    assert limits(alone, measured(PREFORK, 2, steady(170), cpu=10, cores=1.9))["prefork@2"] is Limit.CORES


def test_a_task_that_is_parallel_inside_is_not_limited_by_that_while_cores_are_idle() -> None:
    alone = measured(SEQUENTIAL, 1, steady(76), cpu=10, off=2, cores=1.3)
    found = limits(alone, measured(PREFORK, 2, steady(130), cpu=10, off=4, cores=1.5))
    assert found.get("prefork@2") is not Limit.THREADS_INSIDE


def test_slots_that_wait_a_little_longer_together_are_not_explained_by_carrying() -> None:
    found = limits(SLEEPING, measured(THREADS, 4, steady(130), off=28.5, cores=0.2))
    assert "threads@4" not in found


def test_a_worker_that_fills_its_node_is_limited_by_memory() -> None:
    assert limits(SLEEPING, measured(PREFORK, 4, steady(184), off=20, peak=900))["prefork@4"] is Limit.MEMORY


def test_a_worker_whose_prefetch_window_stops_it_is_limited_by_that() -> None:
    threads = measured(THREADS, 2, steady(10), off=20, idle_gap=2)
    assert limits(SLEEPING, threads)["threads@2"] is Limit.PREFETCH


def test_slots_that_are_empty_with_a_full_queue_wait_for_messages() -> None:
    assert limits(SLEEPING, measured(THREADS, 64, steady(700), off=20, cores=0.5))["threads@64"] is Limit.CARRYING


def test_one_slot_that_computes_is_not_explained_by_itself() -> None:
    [found] = answer(COMPUTING).why
    assert found.limit is Limit.UNKNOWN
    assert "--concurrency" in found.remedy


def test_threads_on_a_single_core_are_limited_by_the_core_and_not_by_the_gil() -> None:
    here = environment(node(cores=1))
    threads = measured(THREADS, 2, steady(91), cpu=10, off=10, cores=0.98)
    assert why(COMPUTING, threads, here=here)["threads@2"].limit is Limit.CORES


def test_cells_with_one_limit_are_named_together_the_picked_one_first() -> None:
    cells = [measured(model, 4, steady(184), off=20, peak=peak) for model, peak in ((PREFORK, 150), (THREADS, 50))]
    [found] = answer(SLEEPING, *cells).why
    assert found.cells == ("threads@4", "prefork@4", "sequential@1")
    assert "threads@4" in found.text


def test_figures_from_a_node_that_is_not_known_are_not_explained() -> None:
    lost = replace(COMPUTING, trials=tuple(replace(trial, nodes=("gone",)) for trial in COMPUTING.trials))
    assert answer(lost).why == ()


def test_planned_rates_that_are_all_kept_are_limited_by_nothing() -> None:
    kept = measured(THREADS, 2, steady(20), off=20, at=20)
    assert answer(kept).why[0].limit is Limit.NOTHING


def test_a_planned_rate_that_is_missed_is_explained_by_the_cell_that_missed_it() -> None:
    cells = [measured(THREADS, 2, steady(rate), off=20, at=at, pace=rate / at) for rate, at in ((20, 20), (92, 200))]
    [found] = answer(*cells).why
    assert (found.limit, found.cells) == (Limit.WAITING, ("threads@2 at 200/s",))


def test_a_schedule_that_the_publisher_did_not_keep_is_the_fault_of_the_publisher() -> None:
    late = measured(THREADS, 2, steady(100), off=20, at=500, pace=0.2, lag=5)
    assert answer(late).why[0].limit is Limit.PUBLISHER
