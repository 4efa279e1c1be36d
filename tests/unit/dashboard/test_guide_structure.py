"""The drawing of each model has the nodes and the edges of the guide's document."""

from __future__ import annotations

import itertools

import pytest

from dashboard.guide.schedule import Case, Work, schedule
from dashboard.guide.structure import BORDER, DiagramKind, Structure, structure
from services.core.models import Model


def drawn(model: Model, *, slots: int = 4, tasks: int = 8) -> Structure:
    return structure(schedule(Case(model=model, work=Work.COMPUTING, tasks=tasks, slots=slots, cores=2)))


def edges(of: Structure, *, dashed: bool) -> set[tuple[str, str]]:
    return {(one.tail, one.head) for one in of.edges if one.dashed is dashed}


def test_sequential_is_a_process_its_main_thread_and_tasks_one_after_another() -> None:
    found = drawn(Model.SEQUENTIAL)
    chain = ["Process A", "Main thread", "Task 1", "Task 2", "Task 3", "Task 4"]
    assert [one.name for one in found.nodes] == chain
    assert edges(found, dashed=False) == set(itertools.pairwise(chain))
    assert not edges(found, dashed=True)


def test_multithreading_is_a_process_with_one_memory_and_threads_linked_to_it() -> None:
    found = drawn(Model.THREADS)
    threads = {f"Thread {number}" for number in range(1, 5)}
    assert {one.name for one in found.nodes if one.kind == DiagramKind.THREAD} == threads
    assert edges(found, dashed=False) == {
        ("Process B", "Shared memory space"),
        *(("Process B", one) for one in threads),
    }
    assert edges(found, dashed=True) == {(one, "Shared memory space") for one in threads}
    assert [line.text for line in found.nodes[2].lines] == ["Thread 1", "Task 1"]


def test_multiprocessing_is_processes_with_memory_and_thread_each_and_one_channel() -> None:
    found = drawn(Model.PREFORK)
    processes = ["Process C", "Process D", "Process E", "Process F"]
    (channel,) = (one.name for one in found.nodes if one.kind == DiagramKind.CHANNEL)
    assert channel == "IPC channel: pipes, queues, shared memory"
    assert [one.name for one in found.nodes if one.kind == DiagramKind.PROCESS] == processes
    assert edges(found, dashed=False) == {(one, f"Main thread of {one}") for one in processes}
    assert edges(found, dashed=True) == {(one, channel) for one in processes}
    assert [line.text for line in found.nodes[0].lines] == ["Process C", "isolated", "memory"]


def test_greenlets_run_in_the_main_thread_and_share_its_memory() -> None:
    found = drawn(Model.GEVENT, slots=2)
    assert ("Process B", "Main thread") in edges(found, dashed=False)
    assert ("Main thread", "Greenlet 2") in edges(found, dashed=False)
    assert edges(found, dashed=True) == {(f"Greenlet {one}", "Shared memory space") for one in (1, 2)}


@pytest.mark.parametrize("model", Model)
def test_any_number_of_slots_fits_the_frame_without_nodes_on_each_other(model: Model) -> None:
    for slots in range(1, 9):
        found = drawn(model, slots=slots)
        for one in found.nodes:
            assert one.x >= BORDER - 0.1 and one.x + one.width <= found.width - BORDER + 0.1
            assert one.y > 0 and one.y + one.height < found.height
            assert all(len(line.text) * 5.5 <= one.width + 6 for line in one.lines if one.width >= 56)
        for place, one in enumerate(found.nodes):
            for other in found.nodes[place + 1 :]:
                apart = one.x + one.width <= other.x + 0.1 or other.x + other.width <= one.x + 0.1
                assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y


def test_a_slot_is_lit_while_it_computes_in_the_moving_picture() -> None:
    found = drawn(Model.THREADS, slots=2, tasks=2)
    assert [one.computing for one in found.nodes if one.kind == DiagramKind.THREAD] == [
        "0-5 10-15 20-25 30-35",
        "5-10 15-20 25-30 35-40",
    ]


def test_a_drawing_states_in_words_what_it_shows() -> None:
    assert drawn(Model.SEQUENTIAL, slots=1).description.endswith("It runs one task, one after another.")
    assert "4 threads" in drawn(Model.THREADS).description
    assert "one IPC channel" in drawn(Model.PREFORK).description
