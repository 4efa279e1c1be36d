"""Experiments that need more than there is are refused with the field, the value and what is allowed."""

from __future__ import annotations

import pytest

from services.core.errors import InvalidRequest, Problem
from services.core.experiment import Cell
from services.core.models import Model
from services.planning import grid, memory_estimate, request
from services.planning.estimate import EstimateInputs
from tests.unit.planning.requests import made, problems, registry

GIB = 2**30


def refused(known: EstimateInputs, **asked: object) -> Problem:
    with pytest.raises(InvalidRequest) as caught:
        request.experiment(asked, registry, id="e1", created=0, seed=1, known=known)
    (problem,) = caught.value.problems
    return problem


def test_a_trial_that_a_node_would_be_given_up_for_is_refused_with_the_most_slots() -> None:
    endless = {"params": {"limit": 2_000_000}, "models": ["threads"]}
    (problem,) = problems(concurrency=[1, 256], **endless)
    assert (problem.field, problem.value) == ("concurrency", 256)
    assert "a trial of threads@256 takes about 72 min, and a node has 15 min for it: must be at most 53" in (
        problem.allowed
    )
    made(concurrency=[53], **endless)


def test_a_rate_that_would_take_hours_to_work_off_is_refused_with_the_highest_rate() -> None:
    asked = {"params": {"limit": 2_000_000}, "models": ["threads"], "concurrency": [1]}
    (problem,) = problems(load={"rate": [10.0, 1000.0]}, **asked)
    assert (problem.field, problem.value) == ("load.rate", 1000.0)
    assert "must be at most about 159 with these parameters" in problem.allowed
    made(load={"rate": [150.0]}, **asked)


def test_two_nodes_work_off_twice_the_rate() -> None:
    asked = {"params": {"limit": 2_000_000}, "models": ["threads"], "concurrency": [1], "replicas": [2]}
    (problem,) = problems(load={"rate": [1000.0]}, **asked)
    assert problem.field == "load.rate" and "must be at most about 318 with" in problem.allowed
    (problem,) = problems(load={"rate": [330.0]}, **asked)
    assert problem.field == "load.rate", "little above the highest rate"


def test_a_task_that_no_slot_can_end_in_time_is_refused_with_its_parameters() -> None:
    asked = {"workload": "primes", "models": ["threads"], "concurrency": [4]}
    (cell,) = grid.cells(made(**asked))
    problem = refused(EstimateInputs(cores=2, earlier=((cell, 0.001),)), **asked)
    assert problem.field == "params" and "choose parameters with less work in one task" in problem.allowed


def test_more_slots_than_the_smallest_node_has_memory_for_are_refused() -> None:
    asked = {"workload": "allocate", "params": {"megabytes": 256}, "models": ["threads"], "concurrency": [1, 256]}
    problem = refused(EstimateInputs(memory=23 * GIB), **asked)
    assert (problem.field, problem.value) == ("concurrency", 256)
    assert problem.allowed == (
        "threads@256 needs about 64 GiB, and the smallest node has 23 GiB: must be at most 91 with these parameters"
    )
    request.experiment(
        asked | {"concurrency": [91]}, registry, id="e1", created=0, seed=1, known=EstimateInputs(memory=23 * GIB)
    )
    request.experiment(asked, registry, id="e1", created=0, seed=1)  # no node is known


def test_one_slot_that_does_not_fit_is_refused_in_words() -> None:
    asked = {"workload": "allocate", "params": {"megabytes": 256}, "models": ["sequential"]}
    assert "one slot does not fit" in refused(EstimateInputs(memory=GIB // 8), **asked).allowed


def test_the_cell_that_needs_most_memory_counts() -> None:
    workload = registry["allocate"]
    cells = [
        Cell(workload="allocate", params=workload.defaults, model=model, concurrency=4, replicas=1)
        for model in (Model.THREADS, Model.PREFORK, Model.GEVENT)
    ]
    found = memory_estimate.need(cells, workload)
    assert found.cell.model is Model.PREFORK
    assert found.memory == (48 + 4 * (20 + 16)) * 2**20
