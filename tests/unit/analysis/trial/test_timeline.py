"""Single tasks of a trial, each in its slot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.analysis.trial.timeline import MOST, timeline
from services.core.timeline import Bar
from tests.unit.analysis.made import row, share, stamped, unfinished


def in_thread(fields: list[int], pid: int, thread: int) -> list[int]:
    return stamped(fields, pid=pid, thread=thread)


def slots(*tasks: list[int]) -> list[int]:
    return [bar.slot for bar in timeline([share(tasks)]).bars]


def test_a_bar_has_the_time_of_its_task_counted_from_the_first_start() -> None:
    (first, second) = timeline([share([row(50), row(70, body=20)])]).bars
    assert (first.started, first.finished) == pytest.approx((0, 0.010))
    assert (second.started, second.finished, second.cpu) == pytest.approx((0.020, 0.040, 0.020))


def test_each_thread_is_a_slot() -> None:
    assert slots(in_thread(row(0), 7, 8), in_thread(row(1), 7, 9), in_thread(row(20), 7, 8)) == [0, 1, 0]


def test_each_process_is_a_slot() -> None:
    assert slots(in_thread(row(0), 7, 7), in_thread(row(1), 8, 8)) == [0, 1]


def test_tasks_that_overlap_in_one_thread_are_greenlets_with_slots_of_their_own() -> None:
    assert slots(row(0, body=30), row(5, body=30), row(32, body=5)) == [0, 1, 0]


def test_tasks_are_in_the_order_in_which_they_began() -> None:
    bars = timeline([share([row(30), row(0), row(15)])]).bars
    assert [bar.started for bar in bars] == pytest.approx([0, 0.015, 0.030])


def test_a_long_trial_is_cut_and_its_length_shown() -> None:
    found = timeline([share([row(number * 20) for number in range(MOST + 5)])])
    assert (len(found.bars), found.tasks) == (MOST, MOST + 5)


def test_nodes_share_the_bars() -> None:
    many = [row(number * 20) for number in range(MOST)]
    found = timeline([share(many), share(many, node="b")])
    assert [[bar.node for bar in found.bars].count(node) for node in "ab"] == [MOST // 2, MOST // 2]


def test_a_task_that_never_ended_has_no_bar() -> None:
    assert slots(row(0), unfinished()) == [0]


def test_a_trial_without_tasks_has_an_empty_timeline() -> None:
    assert timeline([share([])]).bars == ()


@pytest.mark.parametrize(("cpu", "busy"), [(0.010, 1.0), (0.005, 0.5), (0.020, 1.0)])
def test_a_bar_is_busy_for_the_share_of_its_time_that_was_cpu_time(cpu: float, busy: float) -> None:
    bar = Bar(node="a", slot=0, pid=1, thread=1, started=1.0, finished=1.010, cpu=cpu)
    assert bar.busy == pytest.approx(busy)


def test_the_cpu_time_of_a_thread_that_slots_share_is_not_kept() -> None:
    one = share([row(0)])
    greenlets = replace(one, facts=replace(one.facts, pool="gevent"))
    assert [bar.cpu for bar in timeline([one]).bars] == [pytest.approx(0.010)]
    assert [(bar.cpu, bar.busy) for bar in timeline([greenlets]).bars] == [(None, None)]


def test_a_bar_without_length_is_not_busy() -> None:
    assert Bar(node="a", slot=0, pid=1, thread=1, started=1.0, finished=1.0, cpu=0.0).busy == 0


def test_nodes_of_one_host_share_the_time_and_nodes_of_another_have_their_own() -> None:
    shares = [share([row(50)]), share([row(70)], node="b"), share([row(900)], node="c", boot="two")]
    assert [bar.started for bar in timeline(shares).bars] == pytest.approx([0, 0.020, 0])
