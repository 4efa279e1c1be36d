"""A cell's figures are medians over its finished trials; failed trials are listed and have no part in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.analysis.cells.summary import cell_summary
from services.core.codec import from_json, to_json
from services.core.summary import CellSummary, Interval, MemorySummary, Warn
from services.core.trial import TrialResult
from tests.unit.analysis.made import MB, PREFORK, breakdown, carriage, environment, facts, figures, result
from tests.unit.analysis.used import usage


def summary(results: Sequence[TrialResult]) -> CellSummary:
    return cell_summary(PREFORK, results, window=1, environment=environment(), unfinished=False)


THREE = [result(100, index=0), result(80, index=3, repeat=1), result(120, index=7, repeat=2)]


def test_throughput_and_hand_over_are_medians_with_intervals() -> None:
    found = summary(THREE)
    assert found.throughput == Interval(estimate=100, low=80, high=120)
    assert found.handover == Interval(estimate=10 / 100, low=10 / 120, high=10 / 80)


def test_latencies_are_medians_with_intervals() -> None:
    latency = summary(THREE).latency
    assert latency is not None
    assert latency.p50 == Interval(estimate=1 / 100, low=1 / 120, high=1 / 80)
    assert latency.p95 == Interval(estimate=2 / 100, low=2 / 120, high=2 / 80)
    assert latency.p99 == Interval(estimate=3 / 100, low=3 / 120, high=3 / 80)


def test_memory_is_the_median_peak_over_repeats() -> None:
    results = [
        replace(result(100, index=repeat, repeat=repeat), figures=figures(100, memory=memory))
        for repeat, memory in enumerate((30, 20, 25, 21))
    ]
    memory = summary(results).memory
    assert memory is not None
    assert memory.pss == MemorySummary(peak=Interval(estimate=23 * MB, low=20 * MB, high=30 * MB), idle=10 * MB)
    assert memory.uss == MemorySummary(peak=Interval(estimate=11_500_000, low=10 * MB, high=15 * MB), idle=5 * MB)
    assert memory.rss == MemorySummary(peak=Interval(estimate=46 * MB, low=40 * MB, high=60 * MB), idle=20 * MB)


def test_cpu_is_given_by_second_and_by_task() -> None:
    used = usage(user=3, system=1, others=0.5, throttled=0.125, switches=100)
    cpu = summary([result(100, window=2, used=used, repeat=repeat) for repeat in range(3)]).cpu
    assert cpu is not None
    assert cpu.cores == Interval(estimate=2, low=2, high=2)
    assert cpu.per_task == Interval(estimate=4 / 200, low=4 / 200, high=4 / 200)
    assert (cpu.user_per_task, cpu.system_per_task) == (3 / 200, 1 / 200)
    assert cpu.switches_per_task == 1
    assert (cpu.others, cpu.sampler, cpu.broker) == (0.25, 0.125, 0.25)
    assert (cpu.throttled, cpu.stopped) == (1 / 20, 0.125 / 2 / 2)


def test_one_trial_has_figures_without_bounds() -> None:
    found = summary(THREE[:1])
    assert found.throughput == Interval(estimate=100, low=None, high=None)
    assert found.memory is not None
    assert found.memory.pss.peak == Interval.unbounded(20 * MB)


def test_a_failed_trial_is_listed_and_changes_no_figure() -> None:
    failed = result(None, index=5, repeat=1, failure="the worker died", lost=1, duplicates=4)
    found, without = summary([*THREE, failed]), summary(THREE)
    assert found.trials[-1].failure == "the worker died"
    assert (found.trials[-1].lost, found.trials[-1].duplicates) == (1, 4)
    last = found.trials[-1]
    assert (last.throughput, last.window, last.overhead, last.littles_law) == (None,) * 4
    assert (last.carriage, last.body, last.peak, last.pace, last.publisher_lag) == (None,) * 5
    assert Warn.TRIAL_FAILED in {warned.name for warned in found.warnings}
    assert replace(found, trials=(), warnings=()) == replace(without, trials=(), warnings=())


def test_a_trial_is_listed_with_what_findings_are_made_of() -> None:
    measured = result(
        80, carriage=carriage(0.003), breakdown=breakdown(0.25), pace=0.75, publisher_lag=0.5, littles_law=0.875
    )
    one = summary([measured]).trials[0]
    assert (one.carriage, one.body, one.peak) == (carriage(0.003), 0.25, 20 * MB)
    assert (one.pace, one.publisher_lag, one.littles_law) == (0.75, 0.5, 0.875)


def test_the_parts_of_a_task_are_medians_and_of_its_time_are_means() -> None:
    bodies = (0.25, 0.5, 1.5)
    found = summary([result(80, carriage=carriage(body), breakdown=breakdown(body)) for body in bodies])
    assert found.carriage == carriage(0.5)
    assert found.breakdown == breakdown(0.75)


def test_a_trial_far_from_the_others_is_flagged_and_counts() -> None:
    rates = [100, 101, 99, 100, 400, 102]
    found = summary([result(rate, index=repeat, repeat=repeat) for repeat, rate in enumerate(rates)])
    assert [trial.index for trial in found.trials if trial.outlier] == [4]
    assert found.throughput is not None and found.throughput.high == 400


def test_a_trial_is_listed_with_its_place_and_its_own_figures() -> None:
    one = summary(THREE).trials[1]
    assert (one.index, one.repeat, one.nodes) == (3, 1, ("a",))
    assert (one.throughput, one.window, one.tasks, one.overhead) == (80, 1, 80, 0.5)


@pytest.mark.parametrize("results", [[], [result(None)]], ids=["no trial", "a failed trial"])
def test_without_a_finished_trial_there_are_no_figures(results: list[TrialResult]) -> None:
    found = summary(results)
    nothing = (found.throughput, found.latency, found.memory, found.handover, found.cpu, found.facts)
    assert nothing == (None,) * 6
    assert len(found.trials) == len(results)


def test_messages_that_tasks_sent_are_a_mean_over_the_tasks_of_finished_trials() -> None:
    trials = [replace(result(100), children=300), replace(result(100), children=100), replace(result(None), children=9)]
    tasks = sum(one.figures.tasks for one in trials if one.figures)
    assert summary(trials).children == 400 / tasks


def test_facts_are_those_of_the_last_finished_trial() -> None:
    later = replace(result(100), facts=facts("threads"))
    assert summary([result(100), later, result(None)]).facts == facts("threads")


def test_a_summary_survives_its_way_through_json() -> None:
    found = summary([*THREE, result(None)])
    assert from_json(CellSummary, to_json(found)) == found
