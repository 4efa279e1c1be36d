"""From a trial to what each of its nodes is told."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest

from services.core.codec import from_data, to_data
from services.core.experiment import Arrivals, Cell, Effort, Experiment, Trial
from services.core.models import Model
from services.core.task_reference import TaskCall, TaskReference
from services.core.trial import TrialSpec
from services.planning import grid
from services.planning.trial_specs import specs, task_reference
from workloads.registry import discover, load

registry = discover()
cell = Cell(workload="primes", params={"limit": 9}, model=Model.THREADS, concurrency=2, replicas=3)
trial = Trial(experiment="e1", index=4, cell=cell, repeat=1)
experiment = Experiment(
    id="e1",
    created=900,
    workload="primes",
    params={"limit": 9},
    models=(Model.THREADS,),
    concurrency=(2,),
    replicas=(3,),
    repeats=2,
    effort=Effort.STANDARD,
    seed=1,
)
plan = grid.plan(experiment, experiment.repeats)


def shares(rate: float | None = None, *, of: Trial = trial, asked: Experiment = experiment) -> tuple[TrialSpec, ...]:
    return specs(of, plan, asked, registry, attempt="e1-4-abc", rate=rate)


def test_every_replica_gets_a_share_that_differs_in_its_number_only() -> None:
    first, second, third = shares()
    assert [first.share, second.share, third.share] == [0, 1, 2]
    assert first == replace(second, share=0) == replace(third, share=0)
    assert (first.trial, first.attempt) == (trial, "e1-4-abc")


def test_a_share_states_where_the_workload_is_found_and_how_it_is_called() -> None:
    task = shares()[0].task
    assert isinstance(task, TaskReference)
    assert load(task.function) is registry["primes"]
    assert task.calls == (TaskCall(kwargs={"limit": 9}),)


def test_what_a_payload_makes_of_the_declared_parameters_is_in_the_call() -> None:
    task = task_reference(registry["echo"], {"argument_bytes": 3, "result_bytes": 1})
    assert task.call(0).kwargs == {"argument_bytes": 3, "result_bytes": 1, "payload": "xxx"}


def test_a_task_reference_names_the_companions_of_its_workload() -> None:
    needed = {name: task_reference(registry[name], registry[name].defaults).companions for name in registry}
    assert {name: one for name, one in needed.items() if one} == {"channel": ("redis",), "http_get": ("http",)}


def test_a_share_survives_the_way_to_its_node() -> None:
    assert from_data(TrialSpec, json.loads(json.dumps(to_data(shares()[0])))) == shares()[0]


def test_tasks_take_several_calls_in_turn() -> None:
    one, other = TaskCall(args=(1,)), TaskCall(args=(2,))
    task = TaskReference(function="any:any", calls=(one, other))
    assert [task.call(row) for row in range(3)] == [one, other, one]


def test_a_share_has_the_terms_of_the_plan() -> None:
    assert (shares()[0].window, shares()[0].pings) == (2.0, 50)


def test_without_a_known_rate_every_node_calibrates_for_itself() -> None:
    assert {share.tasks for share in shares()} == {None}


def test_a_known_rate_is_shared_out_so_that_each_node_outlasts_the_window() -> None:
    tasks = {share.tasks for share in shares(rate=300.0)}
    assert tasks == {math.ceil(300 / 3 * 2.0 * 1.25)}


@pytest.mark.parametrize("rate", [0.0001, 0.4])
def test_however_slow_a_cell_is_there_is_a_task_to_measure(rate: float) -> None:
    assert all(share.tasks and share.tasks >= 1 for share in shares(rate=rate))


@pytest.mark.parametrize("model", Model)
def test_gevent_alone_prefetches_without_a_limit(model: Model) -> None:
    of = replace(trial, cell=replace(cell, model=model))
    assert {share.prefetch for share in shares(of=of)} == {0 if model is Model.GEVENT else 4}


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("prefetch", [0, 1, 7])
def test_a_prefetch_that_was_asked_for_is_taken_in_every_model(model: Model, prefetch: int) -> None:
    of = replace(trial, cell=replace(cell, model=model, prefetch=prefetch))
    assert {share.prefetch for share in shares(of=of)} == {prefetch}


def loaded(rate: float, model: Model = Model.THREADS) -> Trial:
    return replace(trial, cell=replace(cell, rate=rate, model=model))


def test_a_full_queue_has_no_schedule() -> None:
    assert {share.schedule for share in shares()} == {()}


def test_each_share_of_a_rate_sends_its_part_of_it_for_the_window() -> None:
    for share in shares(of=loaded(30.0)):
        gaps = [later - earlier for earlier, later in pairwise(share.schedule)]
        assert gaps == pytest.approx([0.1] * len(gaps))
        assert share.schedule[-1] >= plan.window
        assert len(share.schedule) >= 20


def test_however_low_a_rate_is_each_share_sends_enough_tasks_for_percentiles() -> None:
    assert {len(share.schedule) for share in shares(of=loaded(0.5))} == {20}


def test_within_a_block_every_model_meets_the_same_arrivals_and_every_share_others() -> None:
    poisson = replace(experiment, arrivals=Arrivals.POISSON)
    threads = [share.schedule for share in shares(of=loaded(30.0), asked=poisson)]
    gevent = [share.schedule for share in shares(of=loaded(30.0, Model.GEVENT), asked=poisson)]
    assert threads == gevent
    assert len(set(threads)) == 3


def test_another_block_and_another_seed_have_other_arrivals() -> None:
    poisson = replace(experiment, arrivals=Arrivals.POISSON)
    one = shares(of=loaded(30.0), asked=poisson)[0].schedule
    assert shares(of=replace(loaded(30.0), repeat=0), asked=poisson)[0].schedule != one
    assert shares(of=loaded(30.0), asked=replace(poisson, seed=2))[0].schedule != one
