"""From an experiment to its cells and its trials."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from services.core.experiment import Effort, Experiment
from services.core.models import Model
from services.planning import grid

asked = Experiment(
    id="e1",
    created=900,
    workload="primes",
    params={"limit": 9},
    models=(Model.SEQUENTIAL, Model.THREADS, Model.PREFORK),
    concurrency=(1, 2, 4),
    replicas=(1, 2),
    repeats=5,
    effort=Effort.STANDARD,
    seed=7,
)


def order(experiment: Experiment, repeat: int) -> list[str]:
    return [trial.cell.name for trial in grid.plan(experiment, experiment.repeats).trials if trial.repeat == repeat]


def test_a_cell_is_every_combination_and_sequential_one_whatever_the_concurrency() -> None:
    assert [cell.name for cell in grid.cells(asked)] == [
        "sequential@1",
        "threads@1",
        "threads@2",
        "threads@4",
        "prefork@1",
        "prefork@2",
        "prefork@4",
        "sequential@1x2",
        "threads@1x2",
        "threads@2x2",
        "threads@4x2",
        "prefork@1x2",
        "prefork@2x2",
        "prefork@4x2",
    ]
    assert all((cell.workload, cell.params) == ("primes", {"limit": 9}) for cell in grid.cells(asked))


def test_sequential_has_one_slot_even_where_one_was_not_asked_for() -> None:
    assert [cell.name for cell in grid.cells(replace(asked, concurrency=(8,), replicas=(1,)))] == [
        "sequential@1",
        "threads@8",
        "prefork@8",
    ]


def test_every_repeat_runs_every_cell_exactly_once_before_the_next_begins() -> None:
    plan = grid.plan(asked, 5)
    assert len(plan.trials) == 5 * 14
    assert [trial.repeat for trial in plan.trials] == sorted(trial.repeat for trial in plan.trials)
    for repeat in range(5):
        assert sorted(order(asked, repeat)) == sorted(cell.name for cell in plan.cells)


def test_trials_are_numbered_in_the_order_to_run_them_so_that_each_has_a_name_of_its_own() -> None:
    trials = grid.plan(asked, 5).trials
    assert [trial.index for trial in trials] == list(range(70))
    assert len({trial.id for trial in trials}) == 70
    assert {trial.experiment for trial in trials} == {"e1"}


def test_every_repeat_has_an_order_of_its_own() -> None:
    assert len({tuple(order(asked, repeat)) for repeat in range(5)}) == 5


def test_another_seed_gives_another_order_and_nothing_else_does() -> None:
    assert order(asked, 0) != order(replace(asked, seed=8), 0)
    assert order(asked, 0) == order(replace(asked, id="e2", created=0), 0)


def test_the_seed_of_a_repeat_is_not_that_of_another_seed() -> None:
    """As it would be if the two were added up."""
    assert order(asked, 1) != order(replace(asked, seed=8), 0)


PLANNED = """
import json
from services.planning import grid
from tests.unit.planning.test_grid import asked
print(json.dumps([trial.cell.name for trial in grid.plan(asked, 5).trials]))
"""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_conductor_that_comes_back_makes_the_same_plan_again(hash_seed: str) -> None:
    environ = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", PLANNED], env=environ, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == [trial.cell.name for trial in grid.plan(asked, 5).trials]


def test_the_plan_of_a_seed_is_the_same_in_every_version_of_the_lab_and_of_python() -> None:
    """Open experiments outlive an upgrade: their finished trials are known by their index."""
    small = replace(asked, models=(Model.SEQUENTIAL, Model.THREADS), concurrency=(1, 2), replicas=(1,), repeats=3)
    assert [order(small, repeat) for repeat in range(3)] == [
        ["sequential@1", "threads@1", "threads@2"],
        ["threads@1", "threads@2", "sequential@1"],
        ["sequential@1", "threads@1", "threads@2"],
    ]


def test_a_plan_holds_the_terms_of_its_effort() -> None:
    quick, thorough = (grid.plan(replace(asked, effort=effort), 5) for effort in (Effort.QUICK, Effort.THOROUGH))
    assert (quick.window, quick.pings) == (1.0, 20)
    assert (thorough.window, thorough.pings) == (5.0, 100)


def test_every_value_of_a_swept_parameter_makes_cells_of_its_own() -> None:
    swept = replace(
        asked, models=(Model.THREADS,), concurrency=(2,), replicas=(1,), params={"size": 1}, sweep={"limit": (9, 99)}
    )
    cells = grid.cells(swept)
    assert [cell.name for cell in cells] == ["threads@2 limit=9", "threads@2 limit=99"]
    assert [cell.params for cell in cells] == [{"size": 1, "limit": 9}, {"size": 1, "limit": 99}]
    assert [cell.variant for cell in cells] == [{"limit": 9}, {"limit": 99}]


def test_two_swept_parameters_make_cells_of_every_pair() -> None:
    swept = replace(asked, models=(Model.SEQUENTIAL,), replicas=(1,), params={}, sweep={"a": (1, 2), "b": ("x", "y")})
    names = [cell.name for cell in grid.cells(swept)]
    assert names == [f"sequential@1 a={a} b={b}" for a in (1, 2) for b in ("x", "y")]


def test_every_rate_makes_cells_of_its_own_and_without_one_the_queue_is_full() -> None:
    loaded = replace(asked, models=(Model.THREADS,), concurrency=(2,), replicas=(2,), rates=(0.5, 50.0))
    assert [(cell.name, cell.rate) for cell in grid.cells(loaded)] == [
        ("threads@2x2 at 0.5/s", 0.5),
        ("threads@2x2 at 50/s", 50.0),
    ]
    assert {cell.rate for cell in grid.cells(asked)} == {None}


def test_the_size_of_a_grid_is_the_number_of_its_cells() -> None:
    for one in (asked, replace(asked, rates=(0.5, 5.0, 50.0)), replace(asked, sweep={"a": (1, 2), "b": (1, 2, 3)})):
        assert grid.size(one) == len(grid.cells(one))


def test_what_was_asked_of_the_prefetch_is_asked_of_every_cell() -> None:
    assert {cell.prefetch for cell in grid.cells(replace(asked, prefetch=0))} == {0}
    assert {cell.prefetch for cell in grid.cells(asked)} == {None}


def test_a_plan_with_a_block_more_begins_with_the_one_before() -> None:
    shorter, longer = grid.plan(asked, 2), grid.plan(asked, 3)
    assert longer.trials[:28] == shorter.trials
    assert {trial.repeat for trial in longer.trials[28:]} == {2}
    assert longer.cells == shorter.cells
