"""The claims as a whole."""

from __future__ import annotations

from itertools import product

import pytest

from services.analysis.claims.catalogue import JUDGES
from services.core.claims import Standing, Topic
from services.core.experiment import Model
from services.core.summary import Warn
from services.planning import presets, request
from tests.unit.analysis import made
from tests.unit.analysis.claims.trials import cell, judge, told, trials
from workloads.registry import discover

every_claim = pytest.mark.parametrize("name", JUDGES)
every_preset = pytest.mark.parametrize("name", presets.PRESETS)


@every_claim
def test_a_claim_is_known_by_its_name_and_says_what_why_and_when(name: str) -> None:
    claim = JUDGES[name].claim
    assert claim.name == name
    assert claim.says.endswith(".") and claim.why.endswith(".") and claim.rule.startswith("holds if ")


@every_claim
def test_a_claim_has_an_experiment_that_can_be_run(name: str) -> None:
    assert JUDGES[name].claim.preset in presets.PRESETS


@every_preset
def test_an_experiment_behind_claims_serves_at_least_one(name: str) -> None:
    assert name in {judge.claim.preset for judge in JUDGES.values()}


@every_preset
def test_an_experiment_behind_claims_is_one_that_a_user_could_ask_for(name: str) -> None:
    asked = request.experiment(presets.body(name), discover(), id="e1", created=0.0, seed=1)
    assert asked.effort == "quick"


def test_every_topic_has_claims() -> None:
    assert {judge.claim.topic for judge in JUDGES.values()} == set(Topic)


@every_claim
def test_without_a_trial_a_claim_is_not_measured(name: str) -> None:
    assert judge(name, []).standing is Standing.OPEN


@every_claim
def test_with_other_trials_than_it_needs_a_claim_is_not_measured_and_says_why(name: str) -> None:
    judged = judge(name, [made.result(5, cell=cell(Model.GEVENT, 7))])
    assert judged.standing is Standing.OPEN
    assert judged.found


def test_a_failed_trial_that_a_claim_needs_is_named_with_its_reason() -> None:
    failed = [made.result(None, cell=cell(Model.THREADS), failure="the worker died")]
    judged = judge("gil", failed + trials(Model.THREADS, 10, 10, 10, concurrency=1))
    assert judged.standing is Standing.OPEN
    assert "threads@2: the worker died" in judged.found


def test_marks_on_the_figures_are_told_with_them() -> None:
    measured = trials(Model.THREADS, 10, 10, 10) + trials(Model.THREADS, 10, 10, 10, concurrency=1)
    assert judge("gil", measured, warned=Warn.HOST_BUSY).found.endswith("Marked: host busy.")
    assert "Marked" not in judge("gil", measured, warned=Warn.FEW_REPEATS).found


def test_what_no_disturbance_can_change_bears_no_mark() -> None:
    marks = trials(Model.THREADS, 10, told=told(1, 10))
    assert "Marked" not in judge("threads-share-memory", marks, warned=Warn.HOST_BUSY).found


@pytest.mark.parametrize("name", ["gil", "processes-run-in-parallel", "sequential-underuses"])
def test_one_core_cannot_tell_who_runs_in_parallel(name: str) -> None:
    measured = [
        one
        for model, slots in product((Model.SEQUENTIAL, Model.THREADS, Model.PREFORK), (1, 2))
        for one in trials(model, 10, 10, 10, concurrency=slots)
    ]
    judged = judge(name, measured, cores=1)
    assert judged.standing is Standing.OPEN
    assert "it takes 2 cores to tell, and 1 can be used here" in judged.found
