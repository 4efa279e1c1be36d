"""What a task's way through a worker took follows from its stamps, part by part, and the parts make the whole."""

from __future__ import annotations

import numpy as np
import pytest

from concurrency_lab_inside.stamps import Stamp
from services.analysis.trial import flow
from services.analysis.trial.shares import Boot, Share, by_boot, opened
from services.core.cpu_usage import CoreWait
from services.core.figures import Breakdown
from tests.unit.analysis.made import EPOCH, MILLISECOND, never_begun, row, share, stamped, table


def task(published: float, *steps: float, cpu: float = 0) -> list[int]:
    """Published so many ms after EPOCH; then ms to received, handed over, started, finished, stored and returned."""
    stamps = (EPOCH + np.cumsum([published, *steps]) * MILLISECOND).astype(int).tolist()
    columns = ("published", "received", "handed_over", "started", "finished", "stored", "returned")
    return stamped(row(0), **dict(zip(columns, stamps, strict=True)), cpu=int(cpu * MILLISECOND))


#: 1 ms in the broker, 2 in the main process, 3 into the slot, 10 of body (4 of it CPU), 5 of storing, 6 back: 27 ms.
TASK = task(0, 1, 2, 3, 10, 5, 6, cpu=4)


def shared(*rows: list[int], opens: int = 0, scheduled: bool = False) -> Share:
    return opened(share(rows, opened=opens, scheduled=scheduled))


def boot(*shares: Share) -> Boot:
    (found,) = by_boot(shares)
    return found


def split(*shares: Share, separable: bool = True) -> Breakdown:
    return flow.breakdown(shares, separable=separable)


def parts(of: Breakdown) -> tuple[float, ...]:
    """Those that add up, in order; the last is the whole."""
    return (of.broker, of.handover, of.cpu or 0.0, of.off_cpu, of.storing, of.returning, of.total)


def test_carrying_a_task_costs_what_its_ping_takes() -> None:
    found = flow.carriage(table(TASK))
    assert (found.fetching, found.handing_over, found.storing, found.returning) == pytest.approx(
        (0.001, 0.003, 0.005, 0.006)
    )


def test_carriage_is_the_median_ping() -> None:
    pings = [task(0, 1, 0, out, 1, 1, 1) for out in (1, 2, 90)]
    assert flow.carriage(table(*pings)).handing_over == pytest.approx(0.002)


def test_pings_that_never_came_back_are_no_part_of_it() -> None:
    assert flow.carriage(table(TASK, never_begun())) == flow.carriage(table(TASK))
    with pytest.raises(ValueError, match="no task of the ping phase returned"):
        flow.carriage(table(never_begun()))


def test_a_tasks_time_is_split_where_its_stamps_are() -> None:
    assert parts(split(shared(TASK))) == pytest.approx((0.001, 0.005, 0.004, 0.006, 0.005, 0.006, 0.027))


def test_the_parts_are_means_over_the_tasks_of_all_nodes() -> None:
    one, other = shared(TASK), shared(TASK, task(0, 7, 2, 3, 10, 5, 6, cpu=4))
    found = split(one, other)
    assert found.broker == pytest.approx((0.001 + 0.001 + 0.007) / 3)
    assert found.total == pytest.approx((0.027 + 0.027 + 0.033) / 3)


def test_nothing_waits_in_the_broker_before_the_queue_is_opened() -> None:
    early = split(shared(task(-500, 501, 2, 3, 10, 5, 6, cpu=4), opens=EPOCH))
    assert early.broker == pytest.approx(0.001)
    assert early.total == pytest.approx(0.027)


def test_a_body_has_no_more_cpu_time_than_it_is_long() -> None:
    greedy = split(shared(task(0, 1, 2, 3, 10, 5, 6, cpu=400)))
    assert (greedy.cpu, greedy.off_cpu) == pytest.approx((0.010, 0))


@pytest.mark.parametrize("seed", range(5))
def test_the_parts_add_up_to_the_whole(seed: int) -> None:
    steps = np.random.default_rng(seed).exponential(10, (200, 7))
    rows = [task(*one, cpu=one[4] / 2) for one in steps.tolist()]
    *each, whole = parts(split(shared(*rows[:50], opens=EPOCH + 5 * MILLISECOND), shared(*rows[50:])))
    assert sum(each) == pytest.approx(whole)


def test_storing_has_cpu_time_of_its_own() -> None:
    found = split(shared(stamped(TASK, storing_cpu=2 * MILLISECOND)))
    assert (found.storing, found.storing_cpu) == pytest.approx((0.005, 0.002))
    greedy = split(shared(stamped(TASK, storing_cpu=200 * MILLISECOND)))
    assert greedy.storing_cpu == pytest.approx(greedy.storing)


def test_greenlets_that_share_a_thread_have_no_cpu_time_of_their_own() -> None:
    found = split(shared(stamped(TASK, storing_cpu=2 * MILLISECOND)), separable=False)
    assert (found.cpu, found.storing_cpu, found.core_wait) == (None, None, None)
    assert found.off_cpu == found.body == pytest.approx(0.010)


def waiting(*rows: list[int], **waits: float) -> Share:
    """Seconds that the threads t1, t2, … of process 7 waited for a core."""
    known = [CoreWait(pid=7, thread=int(name[1:]), waited=waited) for name, waited in waits.items()]
    return opened(share(rows, core_waits=known))


def test_the_wait_for_a_core_of_the_slots_threads_is_shared_by_their_tasks() -> None:
    one, other = stamped(TASK, thread=1), stamped(TASK, thread=2)
    # Thread 3 has no slot.
    assert split(waiting(one, one, other, t1=0.003, t2=0.003, t3=9)).core_wait == pytest.approx(0.002)


def test_tasks_of_a_thread_that_ended_have_no_part_in_the_wait_for_a_core() -> None:
    one, ended = stamped(TASK, thread=1), stamped(TASK, thread=2)
    assert split(waiting(one, ended, ended, t1=0.003)).core_wait == pytest.approx(0.003)


def test_without_a_count_by_the_kernel_the_wait_for_a_core_is_not_known() -> None:
    assert split(shared(TASK)).core_wait is None


def test_no_task_waits_for_a_core_longer_than_it_was_off_a_core() -> None:
    # 6 ms of the body and 5 of storing.
    assert split(waiting(stamped(TASK, thread=1), t1=4)).core_wait == pytest.approx(0.011)


def test_littles_ratio_is_1_for_a_system_that_starts_and_ends_empty() -> None:
    assert flow.little(boot(shared(TASK))) == 1
    queued = [task(0, 5 + 10 * place, 2, 3, 10, 5, 6) for place in range(50)]
    assert flow.little(boot(shared(*queued))) == pytest.approx(1)
    assert flow.little(boot(shared(*queued, opens=EPOCH + 3 * MILLISECOND))) == pytest.approx(1)
    assert flow.little(boot(shared(*queued[:9]), shared(*queued[9:]))) == pytest.approx(1)


def test_littles_ratio_is_more_than_1_when_a_task_came_and_never_left() -> None:
    tasks = [task(10 * place, 1, 2, 3, 10, 5, 6) for place in range(9)]
    lost = stamped(tasks[0], returned=0)
    # The lost one was inside for all of the 107 ms, the other eight for 27 ms each.
    expected = (107 + 8 * 27) / (9 * 27)
    assert flow.little(boot(shared(lost, *tasks[1:]))) == pytest.approx(expected)


def test_littles_ratio_is_less_than_1_when_a_second_run_wrote_over_stamps() -> None:
    tasks = [task(10 * place, 1, 2, 3, 10, 5, 6) for place in range(9)]
    later = tasks[0][Stamp.STARTED] + 100 * MILLISECOND
    again = stamped(tasks[0], started=later, finished=later + 10 * MILLISECOND)
    # Its stages: 1, 105, 10, then 95 back to stored and 6 on: 217 ms where the doors say 27.
    assert flow.little(boot(shared(again, *tasks[1:]))) == pytest.approx(9 * 27 / (8 * 27 + 217))


def test_pace_is_1_when_tasks_finish_as_they_were_due() -> None:
    due = [task(100 * place, 1, 2, 3, 10, 5, 6) for place in range(11)]
    assert flow.pace(boot(shared(*due, scheduled=True))) == pytest.approx(1)
    long = [task(100 * place, 1, 2, 3, 5000, 5, 6) for place in range(11)]
    assert flow.pace(boot(shared(*long, scheduled=True))) == pytest.approx(1)


def test_pace_is_the_share_of_the_planned_rate_that_the_worker_reaches() -> None:
    slow = [task(100 * place, 1 + 25 * place, 2, 3, 10, 5, 6) for place in range(11)]
    assert flow.pace(boot(shared(*slow, scheduled=True))) == pytest.approx(0.8)


def test_with_a_full_queue_there_is_no_pace_to_fall_behind() -> None:
    assert flow.pace(boot(shared(*(task(place, 50 * place, 2, 3, 10, 5, 6) for place in range(11))))) == 1


def test_a_single_task_is_on_pace() -> None:
    assert flow.pace(boot(shared(TASK, scheduled=True))) == 1


def test_the_idle_gap_is_the_longest_time_in_which_no_slot_had_a_task() -> None:
    rows = [row(start, body=10, storing=2) for start in (0, 12, 40, 60)]
    assert flow.idle_gap(boot(shared(*rows))) == pytest.approx(0.016)


def test_a_slot_that_works_on_leaves_no_gap() -> None:
    busy = row(0, body=1000, storing=0)
    rows = [row(start, body=10, storing=2) for start in (0, 500, 990)]
    assert flow.idle_gap(boot(shared(*rows, busy))) == 0
    assert flow.idle_gap(boot(shared(*rows), shared(busy))) == 0


def test_one_task_leaves_no_gap() -> None:
    assert flow.idle_gap(boot(shared(row(0)))) == 0


def test_the_order_of_the_rows_matters_to_none_of_it() -> None:
    rows = [task(7 * place % 40, 1, 2, 3, 10, 5, 6) for place in range(20)]
    one, turned = boot(shared(*rows, scheduled=True)), boot(shared(*rows[::-1], scheduled=True))
    for figure in (flow.little, flow.pace, flow.idle_gap):
        assert figure(one) == pytest.approx(figure(turned))
    assert parts(split(*one.shares)) == pytest.approx(parts(split(*turned.shares)))
