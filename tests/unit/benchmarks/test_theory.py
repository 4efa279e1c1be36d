"""What theory expects, in round numbers."""

from __future__ import annotations

import pytest

from benchmarks.known import CASES, QUICK_CASES, TheoryCase
from benchmarks.theory import Body, Gil, cores_for, speedup, tolerance
from services.core.models import Model
from services.lab import precheck
from workloads.registry import discover


def body(share: float, gil: Gil = "held", *, yields: bool = True) -> Body:
    return Body(workload="any", params={}, share=share, gil=gil, yields=yields)


@pytest.mark.parametrize("model", [Model.THREADS, Model.GEVENT, Model.PREFORK])
def test_waiting_gains_with_every_slot(model: Model) -> None:
    assert speedup(body(0), model, 8, cores=2) == 8


@pytest.mark.parametrize(
    ("model", "gil", "expected"),
    [
        (Model.SEQUENTIAL, "released", 1),
        (Model.THREADS, "held", 1),
        (Model.THREADS, "released", 2),
        (Model.GEVENT, "held", 1),
        (Model.GEVENT, "released", 1),
        (Model.PREFORK, "held", 2),
        (Model.PREFORK, "released", 2),
    ],
)
def test_computing_gains_as_far_as_cores_can_be_had(model: Model, gil: Gil, expected: float) -> None:
    assert speedup(body(1, gil), model, 8, cores=2) == expected


def test_no_speedup_is_above_the_slots() -> None:
    assert speedup(body(1), Model.PREFORK, 2, cores=16) == 2


def test_mixed_is_goetz() -> None:
    """A quarter computing, three quarters waiting: 1 + W / C = 4 for every core."""
    assert speedup(body(0.25), Model.THREADS, 16, cores=2) == 4
    assert speedup(body(0.25), Model.PREFORK, 16, cores=2) == 8
    assert speedup(body(0.25), Model.PREFORK, 4, cores=2) == 4


def test_a_greenlet_that_blocks_holds_up_all_others() -> None:
    waiting = body(0, yields=False)
    assert speedup(waiting, Model.GEVENT, 8, cores=2) == 1
    assert speedup(waiting, Model.THREADS, 8, cores=2) == 8


def test_a_quota_counts_as_cores() -> None:
    assert cores_for(Model.PREFORK, "held", 1.5) == 1.5


def test_only_slots_that_want_all_cores_may_be_further_off() -> None:
    assert tolerance(body(1), Model.PREFORK, 2, cores=2) == 0.15
    assert tolerance(body(1), Model.PREFORK, 2, cores=8) == 0.10
    assert tolerance(body(1), Model.THREADS, 2, cores=2) == 0.10
    assert tolerance(body(1), Model.SEQUENTIAL, 1, cores=1) == 0.10


def test_the_suite_asks_at_least_16_questions_once_each() -> None:
    asked = [(one.body.workload, model) for one in CASES for model in one.models]
    assert len(asked) == len(set(asked)) >= 16
    assert all(one in CASES for one in QUICK_CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.body.workload)
def test_the_lab_would_run_it_as_asked(case: TheoryCase) -> None:
    asked = {"params": dict(case.body.params), "models": list(case.models), "concurrency": [case.slots]}
    assert precheck.plan({"workload": case.body.workload, **asked}).cells


def test_what_theory_takes_for_the_gil_is_what_workloads_declare() -> None:
    declared = {name: workload.gil for name, workload in discover().items()}
    for case in CASES:
        expected = {"held", "mixed", "waits"} if case.body.gil == "held" else {"released"}
        assert declared[case.body.workload] in expected
