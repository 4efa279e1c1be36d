"""What tasks share: marks, a count, and the end of their process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workloads.builtin.shared_state import counter, die, marks, start


def mark(_: object = None) -> int:
    """One task of `marks`."""
    seen = marks.function(milliseconds=0)
    assert isinstance(seen, int)
    return seen


def lost(lock: str, additions: int) -> int:
    """One task of `counter`."""
    found = counter.function(lock=lock, additions=additions)
    assert isinstance(found, int)
    return found


@pytest.fixture
def hasty() -> Iterator[None]:
    """The interpreter switches threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_tasks_in_threads_count_each_others_marks() -> None:
    with ThreadPoolExecutor(4) as pool:
        seen = sorted(pool.map(mark, range(40)))
    assert [one - seen[0] for one in seen] == list(range(40))


def test_a_mark_left_in_a_forked_process_is_not_seen_here() -> None:
    before = mark()
    child = os.fork()
    if child == 0:
        mark()
        os._exit(0)
    os.waitpid(child, 0)
    assert mark() == before + 1


@pytest.mark.usefixtures("hasty")
def test_threads_lose_updates_without_a_lock() -> None:
    before = lost("no", 1)
    with ThreadPoolExecutor(4) as pool:
        after = max(pool.map(lambda _: lost("no", 50_000), range(16)))
    assert after > before


@pytest.mark.usefixtures("hasty")
def test_threads_lose_none_with_a_lock() -> None:
    before = lost("yes", 1)
    with ThreadPoolExecutor(4) as pool:
        after = max(pool.map(lambda _: lost("yes", 2_000), range(16)))
    assert after == before


def test_one_task_after_another_loses_none() -> None:
    before = lost("no", 1)
    assert lost("no", 10_000) == before


def test_a_thread_that_is_started_has_ended() -> None:
    before = threading.active_count()
    start.function(kind="thread")
    assert threading.active_count() == before


def test_die_kills_one_process_of_a_trial_after_so_many_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_TRIAL_FOLDER", str(tmp_path))
    ends = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            for _ in range(3):
                die.function(milliseconds=1, after=4)
            os._exit(0)
        ends.append(os.waitpid(child, 0)[1])
    assert ends == [0, signal.SIGKILL, 0], "the second is the fifth task's; the third finds that one has died"


def test_die_kills_no_one_outside_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_TRIAL_FOLDER", raising=False)
    with pytest.raises(RuntimeError, match="LAB_TRIAL_FOLDER is not set"):
        die.function(milliseconds=1, after=1)
