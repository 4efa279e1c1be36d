"""Each rule holds where it should, fails where it should, and is too close in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.core.claims import Judged, Standing
from services.core.figures import Latency
from services.core.models import Model
from services.core.trial import TrialResult
from tests.unit.analysis.claims.trials import deaths, judge, returned, trials

HOLDS, FAILS, CLOSE, OPEN = Standing.HOLDS, Standing.FAILS, Standing.CLOSE, Standing.OPEN
SEQUENTIAL, THREADS, GEVENT, PREFORK = Model


def judged(name: str, *several: list[TrialResult]) -> Judged:
    return judge(name, [one for group in several for one in group])


def near(value: float) -> tuple[float, float, float]:
    return value, value * 1.01, value * 0.99


@pytest.mark.parametrize(
    ("two", "standing"),
    [(near(121), HOLDS), (near(129), FAILS), ((100, 125, 150), CLOSE), ((101,), CLOSE)],
)
def test_the_gil_is_judged_by_two_threads_over_one(two: tuple[float, ...], standing: Standing) -> None:
    assert judged("gil", trials(THREADS, *two), trials(THREADS, *near(100), concurrency=1)).standing is standing


@pytest.mark.parametrize(("two", "standing"), [(near(155), HOLDS), (near(145), FAILS), ((120, 150, 190), CLOSE)])
def test_parallel_work_is_judged_by_two_processes_over_one(two: tuple[float, ...], standing: Standing) -> None:
    found = judged("processes-run-in-parallel", trials(PREFORK, *two), trials(PREFORK, *near(100), concurrency=1))
    assert found.standing is standing


@pytest.mark.parametrize(("two", "standing"), [(near(129), HOLDS), (near(121), FAILS)])
def test_sequential_underuses_what_processes_use(two: tuple[float, ...], standing: Standing) -> None:
    alone = trials(SEQUENTIAL, *near(100), concurrency=1)
    assert judged("sequential-underuses", trials(PREFORK, *two), alone).standing is standing


@pytest.mark.parametrize(("slow", "standing"), [(0.03, HOLDS), (0.0101, FAILS)])
def test_predictable_is_judged_by_the_slow_tasks_over_the_usual_ones(slow: float, standing: Standing) -> None:
    def spread(p95: float) -> Latency:
        return Latency(p50=0.01, p95=p95, p99=p95)

    alone = trials(SEQUENTIAL, 90, 90, 90, concurrency=1, latency=spread(0.0105))
    assert judged("sequential-is-predictable", alone, trials(THREADS, 90, 90, 90, latency=spread(slow))).standing is (
        standing
    )


def io(threads: float, gevent: float, prefork: float, *, memory: float = 100) -> Judged:
    return judged(
        "threads-for-io",
        trials(SEQUENTIAL, *near(50), concurrency=1),
        trials(THREADS, *near(threads), concurrency=16, memory=50),
        trials(GEVENT, *near(gevent), concurrency=16),
        trials(PREFORK, *near(prefork), concurrency=16, memory=memory),
    )


def test_threads_are_best_for_io_when_no_model_is_faster_or_smaller() -> None:
    assert io(700, 690, 680).standing is HOLDS


@pytest.mark.parametrize("rates", [(700, 900, 680), (700, 690, 900), (60, 60, 60)], ids=["gevent", "prefork", "no use"])
def test_threads_are_not_best_for_io_when_another_is_faster_or_they_bring_nothing(
    rates: tuple[float, float, float],
) -> None:
    assert io(*rates).standing is FAILS


def test_threads_are_not_best_for_io_when_processes_take_less_memory() -> None:
    assert io(700, 690, 680, memory=40).standing is FAILS


def waits(mostly: float, hardly: float) -> Judged:
    few, many = {"cpu_share": 0.95}, {"cpu_share": 0.05}
    return judged(
        "many-or-few-waits",
        trials(SEQUENTIAL, *near(50), concurrency=1, params=many),
        trials(SEQUENTIAL, *near(50), concurrency=1, params=few),
        *(trials(model, *near(mostly), concurrency=8, params=many) for model in (THREADS, GEVENT)),
        *(trials(model, *near(hardly), concurrency=8, params=few) for model in (THREADS, GEVENT)),
    )


@pytest.mark.parametrize(
    ("mostly", "hardly", "standing"), [(300, 55, HOLDS), (60, 55, FAILS), (300, 300, FAILS), (150, 55, CLOSE)]
)
def test_many_waits_must_gain_much_and_few_must_gain_little(mostly: float, hardly: float, standing: Standing) -> None:
    assert waits(mostly, hardly).standing is standing


def test_the_gain_of_overlapping_waits_is_reported_for_both_kinds_of_tasks() -> None:
    found = waits(300, 55).result
    assert "tasks that mostly wait, threads 6.00 times" in found and "hardly wait, threads 1.10 times" in found


@pytest.mark.parametrize(("pipe", "standing"), [(0.02, HOLDS), (0.0005, FAILS)])
def test_easy_communication_is_a_variable_that_beats_a_pipe(pipe: float, standing: Standing) -> None:
    sizes = {"message_bytes": 262_144, "exchanges": 100}
    variable = trials(SEQUENTIAL, 9, 9, 9, concurrency=1, params={"kind": "variable", **sizes}, body=0.001)
    other = trials(SEQUENTIAL, 9, 9, 9, concurrency=1, params={"kind": "pipe", **sizes}, body=pipe)
    found = judged("communication-is-easy", variable, other)
    assert found.standing is standing
    assert "of 256 KiB there and back takes 10.0 µs" in found.result, "the time of one of 100 exchanges"


@pytest.mark.parametrize(("processes", "standing"), [(0.002, HOLDS), (0.0001, FAILS)])
def test_ipc_is_judged_by_the_hand_over(processes: float, standing: Standing) -> None:
    threads = trials(THREADS, 9, 9, 9, handover=0.0005)
    assert judged("ipc-costs-more", threads, trials(PREFORK, 9, 9, 9, handover=processes)).standing is standing


@pytest.mark.parametrize(
    ("thread", "low", "slower"), [(0.0019, HOLDS, HOLDS), (0.0021, FAILS, HOLDS), (0.006, FAILS, FAILS)]
)
def test_overhead_is_judged_by_the_time_to_start(thread: float, low: Standing, slower: Standing) -> None:
    started = [
        trials(SEQUENTIAL, 9, 9, 9, concurrency=1, params={"kind": kind}, body=body)
        for kind, body in (("thread", thread), ("fork", 0.005), ("interpreter", 0.02))
    ]
    assert judged("thread-overhead-is-low", *started).standing is low
    assert judged("processes-start-slower", *started).standing is slower


@pytest.mark.parametrize(("sixteen", "standing"), [(340, HOLDS), (61, FAILS)])
def test_memory_is_judged_by_what_a_further_slot_takes(sixteen: float, standing: Standing) -> None:
    found = judged(
        "processes-take-memory",
        trials(THREADS, 9, 9, 9, concurrency=2, memory=50),
        trials(THREADS, 9, 9, 9, concurrency=16, memory=64),
        trials(PREFORK, 9, 9, 9, concurrency=2, memory=60),
        trials(PREFORK, 9, 9, 9, concurrency=16, memory=sixteen),
    )
    assert found.standing is standing
    assert "1.00 MiB as a thread" in found.result


def test_memory_of_a_slot_without_bounds_is_too_close_to_call() -> None:
    found = judged(
        "processes-take-memory",
        trials(THREADS, 9, concurrency=2, memory=50),
        trials(THREADS, 9, concurrency=16, memory=64),
        trials(PREFORK, 9, concurrency=2, memory=60),
        trials(PREFORK, 9, concurrency=16, memory=340),
    )
    assert found.standing is Standing.CLOSE


def test_memory_of_a_slot_needs_two_numbers_of_slots() -> None:
    found = judged("processes-take-memory", trials(THREADS, 9, memory=50), trials(PREFORK, 9, memory=60))
    assert found == Judged(standing=OPEN, result="Not judged yet: threads was not measured at two concurrencies.")


@pytest.mark.parametrize(
    ("name", "model", "most", "standing"),
    [
        ("threads-share-memory", THREADS, 104, HOLDS),
        ("threads-share-memory", THREADS, 54, FAILS),
        ("processes-separate-memory", PREFORK, 54, HOLDS),
        ("processes-separate-memory", PREFORK, 104, FAILS),
    ],
)
def test_memory_is_shared_when_a_task_sees_the_marks_of_all(
    name: str, model: Model, most: int, standing: Standing
) -> None:
    marks = trials(model, 100, 100, 100, returned=returned(5, most))
    assert judged(name, marks).standing is standing


def race(without: tuple[int, ...], *, locked: int = 0, alone: int = 0) -> Standing:
    no, yes = {"lock": "no"}, {"lock": "yes"}
    lost = [
        replace(trial, figures=replace(trial.figures, returned=returned(0, count)))
        for trial, count in zip(trials(THREADS, *(9,) * len(without), params=no), without, strict=True)
        if trial.figures is not None
    ]
    return judged(
        "threads-race",
        lost,
        trials(THREADS, 9, 9, 9, params=yes, returned=returned(0, locked)),
        trials(SEQUENTIAL, 9, 9, 9, concurrency=1, params=no, returned=returned(0, alone)),
    ).standing


@pytest.mark.parametrize("without", [(40, 7, 90), (0, 0, 1)])
def test_threads_race_when_they_lose_an_update_without_a_lock(without: tuple[int, ...]) -> None:
    assert race(without) is HOLDS


def test_that_no_update_is_lost_proves_nothing() -> None:
    assert race((0, 0, 0)) is CLOSE


@pytest.mark.parametrize("elsewhere", [{"locked": 3}, {"alone": 3}])
def test_a_race_is_not_of_threads_when_updates_are_lost_without_it(elsewhere: dict[str, int]) -> None:
    assert race((40, 7, 90), **elsewhere) is FAILS


def test_faults_are_isolated_when_tasks_that_waited_go_on_with_processes_only() -> None:
    found = judged("processes-isolate-faults", deaths(THREADS, (151, 2), (90, 1)), deaths(PREFORK, (1, 1), (2, 2)))
    assert found.standing is HOLDS
    assert (
        "With prefork 1 running task died and all others ended well; with threads 1 running task died" in found.result
    )


@pytest.mark.parametrize(
    ("threads", "prefork"),
    [(((2, 2),), ((1, 1),)), (((151, 2),), ((151, 1),)), (((151, 2),), ((3, 3),))],
    ids=["threads went on", "processes stopped", "more processes died than there were slots"],
)
def test_faults_are_not_isolated_otherwise(
    threads: tuple[tuple[int, int], ...], prefork: tuple[tuple[int, int], ...]
) -> None:
    assert judged("processes-isolate-faults", deaths(THREADS, *threads), deaths(PREFORK, *prefork)).standing is FAILS


def test_faults_are_not_judged_by_trials_that_failed_before_a_slot_died() -> None:
    assert judged("processes-isolate-faults", deaths(THREADS, (0, 0)), deaths(PREFORK, (1, 1))).standing is OPEN


def test_a_figure_of_nothing_makes_no_ratio() -> None:
    threads = trials(THREADS, 9, 9, 9, handover=0.0)
    assert judged("ipc-costs-more", threads, trials(PREFORK, 9, 9, 9)).standing is OPEN
