"""From a trial to what each of its nodes is told."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from services.core.experiment import Cell, Effort, Experiment, Model, Trial
from services.core.trial import TrialSpec
from services.planning import grid
from services.planning.sharing import specs
from workloads.registry import discover, load

registry = discover()
cell = Cell(workload="primes", params={"limit": 9}, model=Model.THREADS, concurrency=2, replicas=3)
trial = Trial(experiment="e1", index=4, cell=cell, repeat=1)
plan = grid.plan(
    Experiment(
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
)


def shares(rate: float | None = None, *, of: Trial = trial) -> tuple[TrialSpec, ...]:
    return specs(of, plan, registry, attempt="e1-4-abc", rate=rate)


def test_every_replica_gets_a_share_that_differs_in_its_number_only() -> None:
    first, second, third = shares()
    assert [first.share, second.share, third.share] == [0, 1, 2]
    assert first == replace(second, share=0) == replace(third, share=0)
    assert (first.trial, first.attempt) == (trial, "e1-4-abc")


def test_a_share_says_where_the_workload_is_found() -> None:
    assert load(shares()[0].location) is registry["primes"]


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
