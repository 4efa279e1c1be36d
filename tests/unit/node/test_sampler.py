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

from services.core.cpu_usage import Usage
from services.core.trial import Sample
from services.node import processes
from services.node.sampler import Sampler, ServerCpu, sample
from tests.live import until
from tests.unit.node.programs import (
    BUSY,
    BUSY_CHILD,
    HELLO,
    IDLE,
    ONE_CHILD_AFTER_ANOTHER,
    ONE_CHILD_BEFORE,
    PINNED,
    REPLACED,
    SHARING,
    SLEEPY_THREADS,
    WITH_IDLE_CHILD,
)

Start: TypeAlias = Callable[[str], int]


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


#: The CPU time of a broker that does nothing.
IDLE_BROKER = ServerCpu(read=lambda: 0.0, here=True)


def sampling(
    pid: int,
    *,
    broker: ServerCpu = IDLE_BROKER,
    ledger: ServerCpu | None = None,
    interval: float = 0.05,
    agent: int | None = None,
) -> Sampler:
    """A sampler of the process that runs; without `agent`, all other processes are strangers."""
    sampler = Sampler(pid, broker, ledger=ledger, interval=interval, agent=pid if agent is None else agent)
    sampler.start()
    return sampler


def window(
    pid: int, over: Callable[[], object], *, interval: float = 0.05, agent: int | None = None
) -> tuple[tuple[Sample, ...], Usage]:
    """What the process used until `over()`."""
    sampler = sampling(pid, interval=interval, agent=agent)
    until(over, seconds=20)
    watched = sampler.stop()
    return watched.samples, watched.usage


def cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def reaped(pid: int) -> float:
    """CPU time of the children that ended."""
    times = psutil.Process(pid).cpu_times()
    return float(times.children_user + times.children_system)


def whole(pid: int) -> float:
    """CPU time of the process and of all its children, ended or not."""
    return cpu(pid) + reaped(pid) + sum(cpu(child.pid) for child in psutil.Process(pid).children())


def used(pid: int, seconds: float) -> Callable[[], bool]:
    """Whether the process has used so much CPU from now on."""
    before = cpu(pid)
    return lambda: cpu(pid) - before >= seconds


def passed(seconds: float) -> Callable[[], bool]:
    """Return whether so much time has passed since the first call: what comes before the first reading is left out."""
    ends: list[float] = []

    def over() -> bool:
        ends[:] = ends or [time.monotonic() + seconds]
        return time.monotonic() >= ends[0]

    return over


def test_a_busy_process_uses_what_the_kernel_states_it_uses(start: Start) -> None:
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


def test_the_work_of_the_agent_and_its_other_children_is_the_labs_and_no_noise(start: Start) -> None:
    agent = start(WITH_IDLE_CHILD)
    (worker,) = psutil.Process(agent).children()
    _, usage = window(worker.pid, used(agent, 0.4), agent=agent)
    assert usage.agent >= 0.35
    assert usage.user + usage.system <= 0.02


def test_children_that_ended_before_the_second_reading_count_as_the_workers(start: Start) -> None:
    pid = start(ONE_CHILD_AFTER_ANOTHER)
    began = reaped(pid)
    _, usage = window(pid, lambda: reaped(pid) - began >= 0.4)
    assert usage.user + usage.system >= 0.35
    assert usage.others < 0.35 + usage.elapsed * (psutil.cpu_count() or 1) - (usage.user + usage.system)


def test_children_that_ended_before_the_first_reading_do_not_count(start: Start) -> None:
    pid = start(ONE_CHILD_BEFORE)
    assert reaped(pid) >= 0.2
    _, usage = window(pid, passed(0.1))
    assert usage.user + usage.system <= 0.02


def test_a_child_that_is_replaced_counts_with_the_one_that_replaced_it(start: Start) -> None:
    pid = start(REPLACED)
    began = whole(pid)
    _, usage = window(pid, lambda: whole(pid) - began >= 0.8)
    assert reaped(pid) >= 0.3
    assert usage.user + usage.system == pytest.approx(whole(pid) - began, abs=0.1)


def test_the_time_between_the_readings_is_measured(start: Start) -> None:
    began = time.monotonic()
    _, usage = window(start(IDLE), passed(0.2))
    assert 0.2 <= usage.elapsed <= time.monotonic() - began


def test_processes_that_share_too_few_cores_wait_for_them(start: Start) -> None:
    pid = start(PINNED)
    (child,) = psutil.Process(pid).children()
    sampler = sampling(pid)
    until(used(pid, 0.4), seconds=20)
    watched = sampler.stop()
    if not watched.core_waits:
        pytest.skip("this kernel does not count the run-queue delay")
    assert {wait.pid for wait in watched.core_waits} == {pid, child.pid}
    # Two processes on one core: each waits while the other runs.
    assert sum(wait.waited for wait in watched.core_waits) >= 0.3


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


def test_the_sampler_states_what_it_costs(start: Start) -> None:
    samples, usage = window(start(IDLE), passed(0.3), interval=0.01)
    assert 0 < usage.sampler < 0.3
    assert usage.sampler / len(samples) < 0.02


def test_a_process_that_is_gone_is_no_error(start: Start) -> None:
    pid = start(IDLE)
    sampler = sampling(pid, interval=0.01)
    psutil.Process(pid).kill()
    until(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, seconds=10)
    assert sampler.stop().samples
    assert sample(2**22 - 1).processes == 0


@pytest.mark.parametrize(
    ("totals", "used"), [((7.0, 7.25), 0.25), ((7.0, 0.5), 0.0)], ids=["runs on", "was started again"]
)
def test_a_broker_has_used_what_its_total_grew_by(start: Start, totals: tuple[float, float], used: float) -> None:
    sampler = sampling(start(IDLE), broker=ServerCpu(read=partial(next, iter(totals)), here=False))
    assert sampler.stop().usage.broker == used


def counting(*, here: bool) -> ServerCpu:
    """A server that has used 1000 s in the window: far more than other programs can."""
    return ServerCpu(read=partial(next, iter((7.0, 1007.0))), here=here)


def test_only_a_broker_on_this_host_is_taken_off_the_other_programs(start: Start) -> None:
    pid = start(IDLE)
    known, strange = (sampling(pid, broker=counting(here=here)).stop().usage for here in (True, False))
    assert known.broker == strange.broker == 1000
    assert known.others < -900 and strange.others > -100


def test_only_a_ledger_on_this_host_is_taken_off_the_other_programs(start: Start) -> None:
    pid = start(IDLE)
    known, strange = (sampling(pid, ledger=counting(here=here)).stop().usage for here in (True, False))
    assert known.broker == strange.broker == 0
    assert known.others < -900 and strange.others > -100


def test_a_sampler_that_is_closed_runs_no_more(start: Start) -> None:
    sampler = sampling(start(IDLE))
    assert runs()
    sampler.close()
    sampler.close()
    assert not runs()


def runs() -> bool:
    """Whether any sampler runs in this process."""
    return any(thread.name == "sampler" for thread in threading.enumerate())


def test_memory_is_that_of_the_kernel_at_one_moment() -> None:
    here = psutil.Process()
    before, found, after = (here.memory_full_info(), processes.memory(here), here.memory_full_info())
    assert 0 < found.uss <= found.pss <= found.rss
    for name in ("pss", "uss", "rss"):
        low, high = sorted((getattr(before, name), getattr(after, name)))
        assert 0.9 * low <= getattr(found, name) <= 1.1 * high


def test_memory_of_a_process_that_is_gone_is_that_of_no_process() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    gone = psutil.Process(child.pid)
    child.wait()
    with pytest.raises(psutil.NoSuchProcess):
        processes.memory(gone)
