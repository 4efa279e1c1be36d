"""How long a plan will take, before anything of it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from services.core.experiment import Cell
from services.core.models import Model
from services.planning import estimate
from services.planning.estimate import CARRY, EstimateInputs
from services.planning.grid import plan
from tests.unit.planning.requests import made, registry

TWO_CORES = EstimateInputs(cores=2)
MINUTE = 60.0


def seconds(
    *, blocks: int = 1, models: Sequence[str] = ("threads",), known: EstimateInputs = TWO_CORES, **asked: object
) -> float:
    found = made(models=models, **{"concurrency": [1], "effort": "standard", **asked})
    return estimate.seconds(plan(found, blocks), registry[found.workload], known)


def cell(model: Model, concurrency: int, workload: str = "mixed", **params: Any) -> Cell:
    whole = registry[workload].defaults | params
    return Cell(workload=workload, params=whole, model=model, concurrency=concurrency, replicas=1)


def per_task(model: Model, concurrency: int, *, known: EstimateInputs = TWO_CORES, **params: Any) -> float:
    at = cell(model, concurrency, **params)
    return estimate.per_task(at, registry[at.workload], known)


def test_short_tasks_take_their_window_with_a_margin_pilots_and_what_is_around_it() -> None:
    assert seconds() == pytest.approx(0.6 + 1.2 + 2.0 * (1.25 + 0.2), rel=0.05)


def test_every_trial_counts_and_only_the_first_of_a_cell_is_calibrated() -> None:
    one = seconds()
    assert seconds(blocks=3) == pytest.approx(3 * one - 2 * 0.2 * 2.0)
    assert seconds(models=["threads", "gevent"], concurrency=[1, 2]) == pytest.approx(4 * one - 3 * 0.6, rel=0.05)


def test_the_reference_loop_of_every_block_is_measured_on_every_node() -> None:
    assert seconds(replicas=[1, 4]) - seconds(replicas=[1, 2]) == pytest.approx(2 * 0.6)


def test_a_longer_window_takes_longer() -> None:
    assert seconds(effort="thorough") - seconds(effort="quick") == pytest.approx((5.0 - 1.0) * 1.45)


def test_bodies_longer_than_the_window_make_a_trial_as_long_as_its_waves() -> None:
    """Seen on two cores: 298 s for two trials, where at least 2 s were announced."""
    asked: dict[str, Any] = {"params": {"limit": 2_000_000}, "concurrency": [8], "effort": "quick"}
    assert 3 * MINUTE < seconds(blocks=2, **asked) < 10 * MINUTE


def test_threads_share_a_core_where_the_gil_is_held_and_processes_have_one_each() -> None:
    computing: dict[str, Any] = {"milliseconds": 1000, "cpu_share": 1.0}
    assert per_task(Model.THREADS, 8, **computing) == pytest.approx(1.0)
    assert per_task(Model.GEVENT, 8, **computing) == pytest.approx(1.0)
    assert per_task(Model.PREFORK, 8, **computing) == pytest.approx(0.5)
    assert per_task(Model.PREFORK, 8, known=EstimateInputs(), **computing) == pytest.approx(1 / 8), "a core per slot"


def test_waits_overlap_in_every_model_but_sequential() -> None:
    waiting: dict[str, Any] = {"milliseconds": 1000, "cpu_share": 0.0}
    assert per_task(Model.SEQUENTIAL, 1, **waiting) == pytest.approx(1.0)
    for model in (Model.THREADS, Model.GEVENT, Model.PREFORK):
        assert per_task(model, 8, **waiting) == pytest.approx(1 / 8)


def test_code_without_the_gil_uses_the_cores_in_threads_too() -> None:
    alone, threads = (per_task(model, 2, workload="sha256") for model in (Model.GEVENT, Model.THREADS))
    assert threads == pytest.approx(alone / 2)


def test_no_model_carries_tasks_faster_than_its_main_process() -> None:
    assert per_task(Model.PREFORK, 16, workload="echo") == CARRY


def test_a_cell_that_was_measured_before_takes_what_it_took() -> None:
    at = cell(Model.THREADS, 8)
    assert per_task(Model.THREADS, 8, known=EstimateInputs(cores=2, earlier=((at, 4.0),))) == pytest.approx(1 / 4)


def test_a_cell_that_was_measured_before_counts_more_than_others_with_the_same_work() -> None:
    others = (cell(Model.SEQUENTIAL, 1), 1.0), (cell(Model.THREADS, 8, workload="echo"), 9.0)
    known = EstimateInputs(cores=2, earlier=(*others, (cell(Model.THREADS, 8), 4.0)))
    assert per_task(Model.THREADS, 8, known=known) == pytest.approx(1 / 4)


def test_other_cells_of_a_measured_workload_are_corrected_by_how_far_the_declaration_was_off() -> None:
    at = cell(Model.THREADS, 8, milliseconds=1000, cpu_share=1.0)
    slower = EstimateInputs(cores=2, earlier=((at, 0.5),))
    assert per_task(Model.SEQUENTIAL, 1, known=slower, milliseconds=1000, cpu_share=1.0) == pytest.approx(2.0)
    assert per_task(Model.SEQUENTIAL, 1, known=slower, milliseconds=500, cpu_share=1.0) == pytest.approx(1.0)
    other = EstimateInputs(cores=2, earlier=((cell(Model.THREADS, 8, workload="echo"), 0.5),))
    assert per_task(Model.SEQUENTIAL, 1, known=other, milliseconds=500, cpu_share=1.0) == pytest.approx(0.5)


def test_a_planned_rate_takes_the_window_or_as_long_as_enough_tasks_need() -> None:
    for rate, replicas, sending in ((100.0, 1, 2.0), (10.0, 1, 2.0), (0.5, 1, 40.0), (1.0, 4, 80.0)):
        found = seconds(load={"rate": [rate]}, replicas=[replicas])
        assert found == pytest.approx(0.6 + 1.2 + sending, rel=0.05)


def test_a_planned_rate_that_is_not_kept_takes_until_its_tasks_are_done() -> None:
    asked: dict[str, Any] = {"workload": "wait", "params": {"milliseconds": 1000}, "load": {"rate": [10.0]}}
    assert seconds(**asked) == pytest.approx(0.6 + 1.2 + 1.0 + 20.0)
