"""The supervisor and its children, with small real processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from services.core.errors import CannotStart
from services.process.child import Child
from services.process.supervisor import Supervisor
from tests.live import runs, until

stand_in = [sys.executable, str(Path(__file__).with_name("stand_in.py"))]
#: Prints the process it has started, and waits for it.
with_a_helper = ["sh", "-c", "sleep 1000 & echo $!; wait"]
stubborn = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"]


@pytest.fixture
def said() -> list[str]:
    """What the supervisor told the user."""
    return []


@pytest.fixture
def keep(tmp_path: Path, said: list[str]) -> Iterator[Callable[..., Supervisor]]:
    """Supervises processes, each a wave of its own, until the test ends."""
    made = []

    def keep(*children: Child) -> Supervisor:
        supervisor = Supervisor([[child] for child in children], say=said.append)
        made.append(supervisor)
        return supervisor

    yield keep
    for supervisor in made:
        supervisor.stop()


@pytest.fixture
def child(tmp_path: Path) -> Callable[..., Child]:
    def child(name: str, command: Sequence[str] = ("sleep", "1000")) -> Child:
        return Child(name, command, log=tmp_path / f"{name}.log")

    return child


def pid(child: Child) -> int:
    assert child.pid is not None
    return child.pid


def helper(child: Child) -> int:
    """The process that `with_a_helper` has started."""
    until(child.last_words)
    return int(child.last_words())


def test_a_process_that_died_is_started_again_after_a_moment(
    keep: Callable[..., Supervisor], child: Callable[..., Child], said: list[str]
) -> None:
    conductor, node = child("conductor"), child("node")
    supervisor = keep(conductor, node)
    supervisor.start()
    first, other = pid(conductor), pid(node)
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        supervisor.tick()
        return pid(conductor) != first and runs(pid(conductor))

    until(again)
    assert said == ["conductor was killed by SIGKILL; starting it again in 0.5 s"]
    assert pid(node) == other and runs(other)


def test_a_process_that_keeps_dying_is_started_ever_more_rarely(
    keep: Callable[..., Supervisor], child: Callable[..., Child], said: list[str]
) -> None:
    supervisor = keep(child("node", ["sh", "-c", "exit 7"]))
    supervisor.start()

    def three_deaths() -> bool:
        supervisor.tick()
        return len(said) >= 3

    until(three_deaths)
    assert said == [f"node exited with 7; starting it again in {pause} s" for pause in ("0.5", "1", "2")]


def test_a_process_that_cannot_be_started_again_is_tried_again_and_reported(
    keep: Callable[..., Supervisor], tmp_path: Path, said: list[str]
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    node = Child("node", ["sleep", "1000"], log=logs / "node.log")
    supervisor = keep(node)
    supervisor.start()
    logs.rename(tmp_path / "away")
    first = pid(node)
    os.kill(first, signal.SIGKILL)

    def ticked(condition: Callable[[], bool]) -> Callable[[], bool]:
        def check() -> bool:
            supervisor.tick()
            return condition()

        return check

    until(ticked(lambda: len(said) == 2))
    assert said[1].startswith("node cannot start") and said[1].endswith("in 1 s")
    (tmp_path / "away").rename(logs)
    until(ticked(lambda: pid(node) != first and runs(pid(node))))


def test_stopping_ends_every_process_and_what_it_has_started(
    keep: Callable[..., Supervisor], child: Callable[..., Child]
) -> None:
    node, conductor = child("node", with_a_helper), child("conductor")
    supervisor = keep(node, conductor)
    supervisor.start()
    pids = [pid(node), pid(conductor), helper(node)]
    assert all(runs(one) for one in pids)
    supervisor.stop()
    until(lambda: not any(runs(one) for one in pids))


def test_a_process_deaf_to_sigterm_is_killed(keep: Callable[..., Supervisor], child: Callable[..., Child]) -> None:
    deaf = child("node", stubborn)
    supervisor = keep(deaf)
    supervisor.start()
    until(deaf.last_words)
    supervisor.stop()
    assert deaf.ending() == "was killed by SIGKILL"


def test_what_a_dead_process_has_started_is_ended_with_it(child: Callable[..., Child]) -> None:
    node = child("node", with_a_helper)
    node.start()
    left = helper(node)
    os.kill(pid(node), signal.SIGKILL)
    until(node.ending)
    until(lambda: not runs(left))


def test_the_terminals_ctrl_c_does_not_reach_the_children(child: Callable[..., Child]) -> None:
    node = child("node")
    node.start()
    assert os.getpgid(pid(node)) == pid(node) != os.getpgrp()
    assert os.getsid(pid(node)) != os.getsid(0)
    node.kill()


def test_a_process_that_ends_while_the_lab_starts_is_a_fault_with_the_end_of_its_log(
    keep: Callable[..., Supervisor], child: Callable[..., Child]
) -> None:
    broken = child("dashboard", ["sh", "-c", "echo the address is taken; exit 3"])
    supervisor = keep(child("node"), broken)
    supervisor.start()
    until(broken.ending)
    with pytest.raises(CannotStart, match=r"dashboard exited with 3; its log ends:\nthe address is taken"):
        supervisor.check()


def test_a_command_that_does_not_exist_shows_as_its_ending(child: Callable[..., Child]) -> None:
    missing = child("node", ["/nonexistent/command"])
    missing.start()
    until(missing.ending)
    assert "No such file" in missing.last_words()


def test_a_log_starts_empty_and_keeps_the_words_of_earlier_lives(child: Callable[..., Child], tmp_path: Path) -> None:
    (tmp_path / "node.log").write_text("yesterday\n", encoding="utf-8")
    node = child("node", ["echo", "today"])
    for _ in range(2):
        node.start()
        until(node.ending)
    assert node.last_words() == "today\ntoday"
