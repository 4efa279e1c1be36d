"""The process tree of a measured worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest

from concurrency_lab_inside.app import Wiring
from services.core.errors import TrialFailed
from services.core.experiment import Cell
from services.core.models import Model
from services.core.task_reference import TaskReference
from services.node.spanfile import SpanFile
from services.node.worker import MeasuredWorker
from services.node.worker_launch import Launch
from services.planning.trial_specs import task_reference
from services.store.server import EmbeddedServer
from tests.live import until
from tests.unit.node import bodies

NAP = task_reference(bodies.nap, {})
CELL = Cell(workload="nap", params={}, model=Model.PREFORK, concurrency=2, replicas=1)
Start: TypeAlias = Callable[..., MeasuredWorker]


@pytest.fixture
def start(server: EmbeddedServer) -> Iterator[Start]:
    """Starts a worker of CELL; what is named differs."""
    workers, spans = [], SpanFile()

    def started(
        model: Model = Model.PREFORK,
        task: TaskReference = NAP,
        oom_kills: Callable[[], int] = lambda: 0,
        **environ: str,
    ) -> MeasuredWorker:
        workers.append(
            MeasuredWorker(
                replace(CELL, model=model),
                Wiring(
                    address=server.url, options={"global_keyprefix": "lab:measured:worker:"}, queue="tasks", prefetch=4
                ),
                name="tested@lab",
                launch=Launch.of_workload(task, {**os.environ, **environ}),
                table=spans.file,
                oom_kills=oom_kills,
            )
        )
        return workers[-1]

    yield started
    for worker in workers:
        worker.kill()
    spans.close()


def ended(worker: MeasuredWorker) -> str:
    """Waits for the main process to be gone; what is said of it then."""
    until(lambda: psutil.Process(worker.pid).status() == psutil.STATUS_ZOMBIE, seconds=20)
    with pytest.raises(TrialFailed) as caught:
        worker.check()
    return str(caught.value)


def family(worker: MeasuredWorker) -> list[psutil.Process]:
    """Main process and children, once there are as many as slots."""
    main = psutil.Process(worker.pid)
    until(lambda: len(main.children()) >= CELL.concurrency, seconds=20)
    return [main, *main.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in processes)


def test_a_worker_that_runs_has_nothing_to_be_told_of(start: Start) -> None:
    worker = start()
    family(worker)
    worker.check()


def test_what_it_said_last_is_part_of_the_reason(start: Start) -> None:
    said = ended(start(task=replace(NAP, function="tests.unit.node.bodies:nobody")))
    assert said.startswith("the measured worker's main process exited with 1; its log ends: ")
    assert said.endswith("module 'tests.unit.node.bodies' has no attribute 'nobody'")
    assert "\n" not in said
    assert said.count(" / ") <= 5


def test_the_signal_that_killed_it_is_named(start: Start) -> None:
    worker = start()
    os.kill(worker.pid, signal.SIGSEGV)
    assert ended(worker).startswith("the measured worker's main process was killed by SIGSEGV")


def test_a_worker_that_the_kernel_killed_for_lack_of_memory_is_reported_as_such(start: Start) -> None:
    kills = iter((3, 4))
    worker = start(oom_kills=lambda: next(kills))
    os.kill(worker.pid, signal.SIGKILL)
    assert "was killed by SIGKILL (out of memory, limit " in ended(worker)


def test_a_worker_that_was_killed_while_memory_lasted_is_not_blamed_on_it(start: Start) -> None:
    worker = start(oom_kills=lambda: 3)
    os.kill(worker.pid, signal.SIGKILL)
    assert "out of memory" not in ended(worker)


def test_a_worker_and_its_slots_are_killed_for_lack_of_memory_before_the_lab_is(start: Start) -> None:
    processes = family(start())
    scores = {Path(f"/proc/{one.pid}/oom_score_adj").read_text().strip() for one in processes}
    assert scores == {"800"}
    assert int(Path("/proc/self/oom_score_adj").read_text()) < 800


def test_a_worker_with_an_empty_log_is_reported_without_a_quote(start: Start) -> None:
    worker = start()
    os.kill(worker.pid, signal.SIGKILL)
    assert ended(worker) == "the measured worker's main process was killed by SIGKILL"


def test_killing_ends_the_whole_group_and_may_be_done_again(start: Start) -> None:
    worker = start()
    processes = family(worker)
    worker.kill()
    until(lambda: gone(processes), seconds=10)
    worker.kill()
    with pytest.raises(TrialFailed, match=r"^the trial was given up$"):
        worker.check()


def test_what_was_killed_once_is_not_killed_again_under_a_number_that_may_be_anothers(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = start()
    worker.kill()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as other:
        monkeypatch.setattr(worker._group._process, "pid", other.pid)
        worker.kill()
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.2)
        other.kill()


def test_children_whose_main_process_died_before_it_was_killed_die_too(start: Start) -> None:
    worker = start()
    main, *children = family(worker)
    main.send_signal(signal.SIGKILL)
    until(lambda: gone(children), seconds=10)
    worker.kill()


def test_it_has_a_group_of_its_own_so_that_ctrl_c_in_the_terminal_is_none_of_its_business(start: Start) -> None:
    worker = start()
    assert os.getpgid(worker.pid) == os.getsid(worker.pid) == worker.pid != os.getpgrp()


def test_nothing_of_its_log_is_left_in_the_file_system(start: Start) -> None:
    folder = Path(tempfile.gettempdir())
    before = set(folder.glob("lab-worker-*"))
    family(start())
    assert set(folder.glob("lab-worker-*")) == before


def test_the_environment_it_is_given_reaches_it(start: Start) -> None:
    worker = psutil.Process(start(LAB_HTTP_PORT="4711").pid)
    # A process that has only just become another program shows none for a moment.
    until(worker.environ, seconds=10)
    assert worker.environ()["LAB_HTTP_PORT"] == "4711"
    assert worker.environ()["LAB_MEASURED"]


def test_its_command_line_does_not_show_the_password(start: Start, server: EmbeddedServer) -> None:
    for process in family(start()):
        assert server.url not in " ".join(process.cmdline())


NODE = """
import dataclasses, json, os, sys
from services.core.experiment import Model
from concurrency_lab_inside.stamps import Stamp
from services.node.rig import Rig
from services.store.connection import connect
from services.broker.redis import RedisBroker
from tests.live import until
from tests.unit.node import bodies
from tests.unit.node.rigs import spec

model, slots, url = Model(sys.argv[1]), int(sys.argv[2]), input()
asked = spec(bodies.nap, model, slots, milliseconds=60_000)
# What it leaves in the store must not meet a later test's worker.
asked = dataclasses.replace(asked, attempt=f"killed-{os.getpid()}")
rig = Rig(asked, broker=RedisBroker(url))
rig.ping(1)
tasks = rig.fill(slots)
rig.open()
until(lambda: rig.spans.count(tasks, Stamp.STARTED) == slots, seconds=30)
print(rig.worker.pid, flush=True)
input()
"""


@pytest.mark.parametrize("model", Model)
def test_it_dies_with_its_node_however_that_dies_in_the_middle_of_its_tasks(
    model: Model, server: EmbeddedServer
) -> None:
    slots = 1 if model is Model.SEQUENTIAL else 2
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", NODE, model, str(slots)]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin is not None and node.stdout is not None
        node.stdin.write(f"{server.url}\n")
        node.stdin.flush()
        main = psutil.Process(int(node.stdout.readline()))
        processes = [main, *main.children(recursive=True)]
        assert len(processes) >= (3 if model is Model.PREFORK else 1)
        node.send_signal(signal.SIGKILL)
        node.wait()
        until(lambda: gone(processes), seconds=10)
