"""The sampler, on real processes whose work is known."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import TypeAlias

import psutil
import pytest

from services.core.trial import Sample, Usage
from services.node.sampler import Sampler, sample
from tests.live import until

Start: TypeAlias = Callable[[str], int]
#: What every program begins with: it says when it is ready, and ends with its standard input.
HELLO = """
import os, sys, threading, time
def ready():
    print(flush=True)
"""


@pytest.fixture
def start() -> Iterator[Start]:
    """Runs a program; comes back with its pid when it says that it is ready."""
    processes: list[subprocess.Popen[str]] = []

    def run(program: str) -> int:
        process = subprocess.Popen(
            [sys.executable, "-c", HELLO + program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout is not None and process.stdout.readline()
        return process.pid

    yield run
    for process in processes:
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
            child.kill()
        process.kill()
        process.communicate()


def no_store() -> float:
    """The CPU time of a store that does nothing."""
    return 0.0


def window(pid: int, over: Callable[[], object], *, interval: float = 0.05) -> tuple[tuple[Sample, ...], Usage]:
    """What the process used until `over()`."""
    sampler = Sampler(pid, no_store, interval)
    sampler.start()
    until(over, seconds=20)
    return sampler.stop()


def cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def used(pid: int, seconds: float) -> Callable[[], bool]:
    """Whether the process has used so much CPU from now on."""
    before = cpu(pid)
    return lambda: cpu(pid) - before >= seconds


def passed(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


IDLE = "ready(); sys.stdin.read()"
BUSY = "ready()\nwhile True: pass"
BUSY_CHILD = """
if os.fork() == 0:
    ready()
    while True: pass
sys.stdin.read()
"""
SLEEPY_THREADS = """
def sleep():
    while True: time.sleep(0.005)
for _ in range(4): threading.Thread(target=sleep, daemon=True).start()
ready(); sys.stdin.read()
"""
#: 40 MB that parent and two children share, and 20 MB that each child has for itself.
SHARING = """
shared = os.urandom(40_000_000)
for _ in range(2):
    if os.fork() == 0:
        own = os.urandom(20_000_000)
        ready()
        sys.stdin.read()
        os._exit(0)
ready(); sys.stdin.read()
"""


def test_a_busy_process_uses_what_the_kernel_says_it_uses(start: Start) -> None:
    pid = start(BUSY)
    before = cpu(pid)
    _, usage = window(pid, used(pid, 0.4))
    after = cpu(pid)
    assert 0.35 <= usage.user + usage.system <= after - before + 0.05
    assert usage.user > usage.system


def test_an_idle_process_uses_nothing(start: Start) -> None:
    _, usage = window(start(IDLE), passed(0.2))
    assert usage.user + usage.system <= 0.02
    assert usage.voluntary_switches <= 2


def test_what_a_child_uses_counts_as_its_parents(start: Start) -> None:
    pid = start(BUSY_CHILD)
    (child,) = psutil.Process(pid).children()
    samples, usage = window(pid, used(child.pid, 0.3))
    assert usage.user + usage.system >= 0.25
    assert all(one.processes == 2 for one in samples)


def test_the_work_of_a_process_that_is_not_the_workers_counts_as_noise(start: Start) -> None:
    busy, idle = start(BUSY), start(IDLE)
    _, usage = window(idle, used(busy, 0.4))
    assert usage.user + usage.system <= 0.02
    assert usage.others >= 0.3


def test_context_switches_are_those_of_all_threads(start: Start) -> None:
    """Four threads wake up 200 times a second each, at most; the main thread never does."""
    _, usage = window(start(SLEEPY_THREADS), passed(0.5))
    assert 100 <= usage.voluntary_switches <= 4 * 0.5 * 200 * 3


def test_memory_is_summed_over_parent_and_children_and_what_they_share_counts_once_in_pss(start: Start) -> None:
    pid = start(SHARING)
    until(lambda: sample(pid).processes == 3 and sample(pid).uss > 2 * 20e6, seconds=20)
    one = sample(pid)
    assert one.uss <= one.pss <= one.rss
    assert 2 * 20e6 < one.uss < 2 * 20e6 + 30e6
    assert 40e6 + 2 * 20e6 < one.pss < 40e6 + 2 * 20e6 + 30e6
    assert one.rss > 3 * 40e6 + 2 * 20e6


def test_samples_are_taken_from_the_beginning_of_the_window_to_its_end(start: Start) -> None:
    began = time.monotonic_ns()
    samples, _ = window(start(IDLE), passed(0.3), interval=0.05)
    moments = [one.at for one in samples]
    assert len(moments) >= 2
    assert all(later - earlier >= 45_000_000 for earlier, later in pairwise(moments))
    assert began < moments[0] and moments[-1] <= time.monotonic_ns()


def test_a_window_shorter_than_the_interval_has_a_sample_all_the_same(start: Start) -> None:
    samples, _ = window(start(IDLE), passed(0.0), interval=60)
    assert len(samples) >= 1


def test_the_sampler_says_what_it_costs(start: Start) -> None:
    samples, usage = window(start(IDLE), passed(0.3), interval=0.01)
    assert 0 < usage.sampler < 0.3
    assert usage.sampler / len(samples) < 0.02


def test_a_process_that_is_gone_is_no_error(start: Start) -> None:
    pid = start(IDLE)
    sampler = Sampler(pid, no_store, 0.01)
    sampler.start()
    psutil.Process(pid).kill()
    until(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, seconds=10)
    samples, _ = sampler.stop()
    assert samples
    assert sample(2**22 - 1).processes == 0


@pytest.mark.parametrize(
    ("totals", "used"), [((7.0, 7.25), 0.25), ((7.0, 0.5), 0.0)], ids=["runs on", "was started again"]
)
def test_a_store_has_used_what_its_total_grew_by(start: Start, totals: tuple[float, float], used: float) -> None:
    sampler = Sampler(start(IDLE), partial(next, iter(totals)), 0.01)
    sampler.start()
    _, usage = sampler.stop()
    assert usage.store == used


def test_a_sampler_that_is_closed_runs_no_more(start: Start) -> None:
    sampler = Sampler(start(IDLE), no_store, 0.01)
    sampler.start()
    assert sampling()
    sampler.close()
    sampler.close()
    assert not sampling()


def sampling() -> bool:
    """Whether any sampler runs in this process."""
    return any(thread.name == "sampler" for thread in threading.enumerate())
