"""What the built-in workloads do with the GIL, against what they declare."""

from __future__ import annotations

import gc
import sys
import sysconfig
from pathlib import Path
from threading import Lock, Thread

import pytest

from tests.web_server import WebServer
from workloads.contract import Value
from workloads.registry import discover

registry = discover()


def run(name: str, **params: Value) -> object:
    """One task with these values and defaults for the others."""
    one = registry[name]
    return one.function(**one.arguments({**one.defaults, **params}))


def lets_another_thread_run(name: str, attempts: int, **params: Value) -> bool:
    """Whether the workload gives the GIL up by itself within so many tasks.

    The interpreter is told not to take the GIL away, so that a waiting thread gets it only when the task lets go.
    """
    before = sys.getswitchinterval()
    ran: list[bool] = []
    gate = Lock()
    gate.acquire()

    def wait_for_the_gil() -> None:
        with gate:
            ran.append(True)

    gc.collect()  # A file among other tests' garbage would give the GIL up when it is closed.
    sys.setswitchinterval(1000)
    thread = Thread(target=wait_for_the_gil)
    try:
        thread.start()
        run(name, **params)  # What is imported or cached only once is out of the way.
        gate.release()
        for _ in range(attempts):
            run(name, **params)
            if ran:
                break
        let_go = bool(ran)
    finally:
        sys.setswitchinterval(before)
        thread.join()
    return let_go


needs_a_gil = pytest.mark.skipif(
    bool(sysconfig.get_config_var("Py_GIL_DISABLED")), reason="this interpreter is built without a GIL"
)


@needs_a_gil
@pytest.mark.parametrize("name", [name for name, one in registry.items() if one.gil == "held"])
def test_a_workload_that_holds_the_gil_never_lets_another_thread_run(name: str) -> None:
    assert not lets_another_thread_run(name, attempts=10)


@needs_a_gil
@pytest.mark.parametrize("name", [name for name, one in registry.items() if one.gil != "held"])
def test_a_workload_that_releases_the_gil_or_waits_lets_another_thread_run(
    name: str, web_server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_TRIAL_FOLDER", str(tmp_path))
    assert lets_another_thread_run(name, attempts=1000)


@needs_a_gil
def test_sha256_holds_the_gil_for_blocks_below_2_kb_and_releases_it_from_there_on() -> None:
    assert not lets_another_thread_run("sha256", attempts=10, kilobytes=1, rounds=4096)
    assert lets_another_thread_run("sha256", attempts=1000, kilobytes=2, rounds=4096)
