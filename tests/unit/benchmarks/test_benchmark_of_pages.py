"""What the benchmark of pages looks at."""

from __future__ import annotations

import pytest

from benchmarks.pages import asked, changes, fill, results
from services.lab.reports import Reports
from services.planning import grid
from services.store.connection import Client
from services.store.experiments import Experiments
from workloads.registry import discover


def test_the_experiment_has_a_hundred_finished_trials(store: Client) -> None:
    ledger = Experiments(store)
    assert fill(ledger) == 100
    kept = ledger.trials(asked().id)
    assert len(kept) == 100 and all(result.figures is not None for result in kept)
    assert ledger.timeline(asked().id, 99).bars


def test_trials_of_prefork_scale_and_others_do_not() -> None:
    rates: dict[str, float] = {}
    for result, _ in results(grid.plan(asked(), 1)):
        assert result.figures is not None
        rates[result.trial.cell.name] = result.figures.throughput
    assert rates["prefork@8"] > 4 * rates["prefork@1"]
    assert rates["threads@8"] == pytest.approx(rates["threads@1"], rel=0.1)


def test_every_change_gives_another_report_as_the_end_of_a_trial_does(store: Client) -> None:
    ledger = Experiments(store)
    fill(ledger)
    reports, change = Reports(ledger, discover()), changes(store)
    change()
    before = reports.of(asked().id, 0.0).cells
    change()
    assert reports.of(asked().id, 0.0).cells != before
