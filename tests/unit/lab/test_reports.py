"""Statistics are computed again only when the stored data has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.core.advice import TaskTimeLimits
from services.core.experiment import Record, State
from services.core.report import CurrentTrial
from services.core.trial import TrialResult
from services.lab.reports import Reports
from services.planning import grid, request
from services.store.connection import Client
from services.store.experiments import Experiments
from tests.unit.dashboard import made
from workloads.registry import discover


class CountedLedger(Experiments):
    """A ledger that counts how often the results of an experiment are read."""

    reads = 0

    def trials(self, id: str) -> tuple[TrialResult, ...]:
        self.reads += 1
        return super().trials(id)


@pytest.fixture
def ledger(store: Client) -> CountedLedger:
    return CountedLedger(store)


def running(ledger: Experiments, id: str = "e1") -> tuple[Record, Iterator[TrialResult]]:
    """An experiment without results yet, and the results of its trials."""
    asked = request.experiment({"workload": "primes", "models": ["threads"]}, discover(), id=id, created=0.0, seed=1)
    results = made.results(asked)
    record = Record(experiment=asked, state=State.RUNNING, started=1.0, total=len(results), blocks=asked.repeats)
    assert ledger.add(record, grid.plan(asked, asked.repeats))
    return record, iter(results)


def test_an_unchanged_experiment_is_analysed_once_and_its_clock_goes_on(ledger: CountedLedger) -> None:
    _, results = running(ledger)
    ledger.save_trial(next(results))
    under_way = next(results).trial
    ledger.set_now(
        "e1", CurrentTrial(trial=under_way.index, cell=under_way.cell.name, repeat=under_way.repeat, phase="start")
    )
    reports = Reports(ledger, discover())
    first, second = (reports.of("e1", time) for time in (2.0, 1000.0))
    assert ledger.reads == 1
    assert first.cells == second.cells
    assert (first.progress.seconds_left or 0.0) > (second.progress.seconds_left or 0.0)


def test_a_trial_that_ended_is_in_the_next_report(ledger: CountedLedger) -> None:
    _, results = running(ledger)
    reports = Reports(ledger, discover())
    done = [reports.of("e1", 2.0).progress.done]
    for result in results:
        ledger.save_trial(result)
        done.append(reports.of("e1", 2.0).progress.done)
    assert done == list(range(len(done)))


def test_the_end_of_an_experiment_changes_its_verdict_at_once(ledger: CountedLedger) -> None:
    record, results = running(ledger)
    for result in results:
        ledger.save_trial(result)
    reports = Reports(ledger, discover())
    before = reports.of("e1", 2.0)
    ledger.update(replace(record, state=State.FINISHED, ended=3.0))
    after = reports.of("e1", 4.0)
    assert (before.state, after.state) == (State.RUNNING, State.FINISHED)
    assert before.verdict != after.verdict


def test_the_analysis_read_least_recently_is_dropped_first(ledger: CountedLedger) -> None:
    for id in ("e1", "e2", "e3"):
        running(ledger, id)
    reports = Reports(ledger, discover(), kept=2)
    for id in ("e1", "e2", "e1", "e3", "e1"):
        reports.of(id, 2.0)
    assert ledger.reads == 3
    reports.of("e2", 2.0)
    assert ledger.reads == 4


def test_the_advice_names_time_limits_of_the_workload(ledger: CountedLedger) -> None:
    _, results = running(ledger)
    for result in results:
        ledger.save_trial(result)
    known = discover()
    registry = {**known, "primes": replace(known["primes"], soft_time_limit=2.0)}
    assert Reports(ledger, registry).of("e1", 2.0).advice.limits == TaskTimeLimits(soft=2.0)
