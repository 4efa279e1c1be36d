"""When a measured worker has stopped, and when a trial has taken too long."""

from __future__ import annotations

import subprocess
import sys

import pytest

from services.core.errors import TrialFailed
from services.node.stall import IDLE, LONGEST, LOOK, SILENCE, USUAL, StallLimits, StallWatch, tree_cpu
from tests.live import until


class Worker:
    """A worker's CPU time and the clock, moved by hand."""

    def __init__(self, limits: StallLimits = USUAL) -> None:
        self.now = self.used = 0.0
        self.watch = StallWatch(lambda: self.used, LONGEST, lambda: self.now, limits=limits)

    def passes(self, seconds: float, *, load: float, back: int = 0) -> None:
        """Time in which it uses `load` cores, checked several times per second as a wait does."""
        end = self.now + seconds
        while self.now < end:
            self.now += 0.25
            self.used += 0.25 * load
            self.watch.check(back, 100)


def test_a_worker_that_uses_cpu_is_waited_for_up_to_the_limit() -> None:
    worker = Worker()
    worker.passes(LONGEST - 1, load=1.0)
    with pytest.raises(TrialFailed, match=r"longer than 840 s, the limit, .*: 7 of 100 tasks were back"):
        worker.passes(10, load=1.0, back=7)


def test_a_users_task_that_computes_for_ever_is_given_up_before_the_limit_of_a_trial() -> None:
    worker = Worker(USUAL.of_own(0.1, slots=4))
    worker.passes(85, load=1.0, back=1)
    worker.passes(85, load=1.0, back=2)
    with pytest.raises(TrialFailed, match="no task came back for 90 s, many times as long as the one call"):
        worker.passes(10, load=1.0, back=2)


def test_a_users_task_that_waits_long_is_waited_for() -> None:
    worker = Worker(USUAL.of_own(60.0, slots=1))
    worker.passes(500, load=0.0)
    with pytest.raises(TrialFailed, match="for 600 s"):
        worker.passes(200, load=0.0)


def test_a_worker_that_uses_no_cpu_is_given_up_after_the_silence_allowed() -> None:
    worker = Worker()
    worker.passes(100, load=1.0)
    worker.passes(SILENCE - LOOK, load=IDLE / 4)
    with pytest.raises(TrialFailed, match="used no CPU, for 40 s"):
        worker.passes(2 * LOOK + 1, load=IDLE / 4)


def test_every_task_that_comes_back_begins_the_silence_anew() -> None:
    worker = Worker()
    for back in range(1, 6):
        worker.passes(SILENCE - 1, load=0.0, back=back)


def test_cpu_time_of_children_counts_also_when_they_have_ended() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert tree_cpu(process.pid) >= 0.3
        process.kill()
    until(lambda: tree_cpu(process.pid) == 0.0)
