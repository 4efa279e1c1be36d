"""A command in a process group of its own, with small real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.core.errors import CannotStart
from services.process.group import ProcessGroup
from services.process.log import LOG_END, tail
from tests.live import runs, until

#: Prints the process that it has started, then ends or waits.
WITH_A_HELPER = "sleep 1000 & echo $!;"


@pytest.fixture
def start() -> Iterator[Callable[..., ProcessGroup]]:
    """Starts shell scripts whose pipes the test holds."""
    groups: list[ProcessGroup] = []

    def start(script: str) -> ProcessGroup:
        command = ["sh", "-c", script]
        groups.append(ProcessGroup("the script", command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return groups[-1]

    yield start
    for group in groups:
        group.close()


def test_lines_go_in_and_come_back(start: Callable[..., ProcessGroup]) -> None:
    echo = start("while read line; do echo back $line; done")
    for word in ("one", "two"):
        echo.send(f"{word}\n")
        assert echo.read_line() == f"back {word}\n"


def test_it_leads_a_session_of_its_own(start: Callable[..., ProcessGroup]) -> None:
    group = start("echo ready; read line")
    group.read_line()
    assert os.getsid(group.pid) == os.getpgid(group.pid) == group.pid != os.getsid(0)


def test_killing_it_ends_the_whole_group_and_may_be_repeated(start: Callable[..., ProcessGroup]) -> None:
    group = start(f"{WITH_A_HELPER} wait")
    helper = int(group.read_line())
    group.kill()
    group.kill()
    until(lambda: not runs(helper))
    assert (group.code(), group.ending()) == (-signal.SIGKILL, "was killed by SIGKILL")


def test_the_rest_of_its_group_is_killed_when_its_end_is_noticed(start: Callable[..., ProcessGroup]) -> None:
    group = start(f"{WITH_A_HELPER} exit 3")
    helper = int(group.read_line())
    assert until(group.ending) == "exited with 3"
    until(lambda: not runs(helper))


def test_terminate_reaches_the_main_process_only(start: Callable[..., ProcessGroup]) -> None:
    group = start(f"trap 'read line; exit 5' TERM; {WITH_A_HELPER} wait")
    helper = int(group.read_line())
    group.terminate()
    assert group.ending() is None and runs(helper)
    group.send("\n")
    assert until(group.ending) == "exited with 5"


def test_a_process_that_has_ended_neither_answers_nor_reads(start: Callable[..., ProcessGroup]) -> None:
    group = start("exit 7")
    with pytest.raises(CannotStart, match=r"^the script ended early: it exited with 7$"):
        group.read_line()
    with pytest.raises(CannotStart, match=r"exited with 7$"):
        group.send("anything\n")
    group.terminate()


def test_another_thread_can_kill_a_process_that_closed_its_output_and_runs_on(
    start: Callable[..., ProcessGroup],
) -> None:
    group = start("exec >&-; sleep 1000")
    timer = threading.Timer(0.3, group.kill)
    timer.start()
    with pytest.raises(CannotStart, match=r"was killed by SIGKILL$"):
        group.read_line()
    timer.join()


PARENT = """
import subprocess, sys
from services.process.group import ProcessGroup
group = ProcessGroup("sleep", ["sleep", "1000"])
print(group.pid, flush=True)
input()
"""


def test_it_ends_with_the_process_that_started_it_however_that_ends() -> None:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert runs(pid)
        parent.kill()
        until(lambda: not runs(pid))


def test_the_tail_of_a_long_log_is_its_last_bytes_with_any_encoding(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * LOG_END + b"\xffend")
    with (tmp_path / "log").open("rb") as log:
        assert tail(log.fileno()).endswith("x\ufffdend")
        assert len(tail(log.fileno())) == LOG_END
        assert log.tell() == 0
