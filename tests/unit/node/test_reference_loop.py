"""The reference loop: bare processes, started together, timed together, none left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from services.core.errors import CannotStart
from services.node import loop, reference_loop
from tests.live import until


def loops() -> list[psutil.Process]:
    """Processes of the loop that this process started and that still run."""
    return [child for child in psutil.Process().children(recursive=True) if loop.__file__ in child.cmdline()]


def test_every_process_counts_and_none_is_left() -> None:
    one, several = reference_loop.measure(1.5, window=0.02)
    assert one > 0 and several > 0
    assert loops() == []


def test_all_processes_are_in_the_session_of_the_node_as_those_of_a_worker_share_one() -> None:
    measuring = threading.Thread(target=reference_loop.measure, args=(2,), kwargs={"window": 1.0})
    measuring.start()
    try:
        until(lambda: len(loops()) == 2, seconds=20)
        assert {os.getsid(process.pid) for process in loops()} == {os.getsid(0)}
    finally:
        measuring.join()


def test_one_core_has_one_process_and_one_rate() -> None:
    one, several = reference_loop.measure(0.5, window=0.02)
    assert one == several > 0


def test_a_loop_that_cannot_run_is_an_error_and_none_is_left(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"the reference loop ended early: it exited with 2"):
        reference_loop.measure(2, window=0.02, program=str(tmp_path / "gone.py"))
    assert loops() == []


def test_a_loop_that_hangs_is_killed_after_a_while(tmp_path: Path) -> None:
    hangs = tmp_path / "hangs.py"
    hangs.write_text("import time\ntime.sleep(600)\n")
    with pytest.raises(CannotStart, match="was killed by SIGKILL"):
        reference_loop.measure(2, window=0.02, patience=0.1, program=str(hangs))
    assert loops() == []


def test_the_loop_ends_with_the_process_that_started_it() -> None:
    started = "from services.node import reference_loop; reference_loop.measure(2, window=600)"
    parent = subprocess.Popen([sys.executable, "-P", "-c", started])
    children = until(lambda: [one for one in psutil.Process(parent.pid).children() if "-S" in one.cmdline()])
    parent.kill()
    parent.wait()
    until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in children))


def test_passes_are_counted_within_the_window_only() -> None:
    begin = time.monotonic_ns() + 1_000_000
    passes, elapsed = loop.count(begin, begin + 20_000_000)
    assert passes > 0
    assert 0 < elapsed <= 20_000_000
    assert time.monotonic_ns() >= begin + 20_000_000
