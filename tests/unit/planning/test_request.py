"""What a request makes, what is filled in, and what is absurd as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.core.errors import InvalidRequest, MalformedRequest
from services.core.experiment import Effort
from services.core.models import Model
from services.planning import request
from services.planning.grid import plan
from services.planning.request_shape import problem
from tests.unit.planning.requests import made, problems, registry, told


def test_what_was_not_asked_for_is_filled_in() -> None:
    asked = made()
    assert (asked.id, asked.created, asked.workload) == ("e1", 900, "primes")
    assert asked.params == registry["primes"].defaults
    assert asked.models == tuple(Model)
    assert (asked.concurrency, asked.replicas) == ((1, 2), (1,))
    assert (asked.repeats, asked.effort, asked.seed) == (3, Effort.QUICK, 7)


def test_what_was_asked_for_is_taken() -> None:
    asked = made(
        workload="mixed",
        params={"milliseconds": 5},
        models=["prefork", "threads"],
        concurrency=[4],
        replicas=[2],
        repeats=8,
        effort="thorough",
        seed=0,
    )
    assert asked.params == {"milliseconds": 5, "cpu_share": registry["mixed"].defaults["cpu_share"]}
    assert asked.models == (Model.PREFORK, Model.THREADS)
    assert (asked.concurrency, asked.replicas) == ((4,), (2,))
    assert (asked.repeats, asked.effort, asked.seed) == (8, Effort.THOROUGH, 0)


@pytest.mark.parametrize(("effort", "repeats"), [("quick", 3), ("standard", 5), ("thorough", 10)])
def test_the_effort_states_how_many_repeats_where_no_one_else_does(effort: str, repeats: int) -> None:
    assert made(effort=effort).repeats == repeats
    assert made(effort=effort, repeats=None).repeats == repeats
    assert made(effort=effort, repeats=1).repeats == 1


def test_what_is_named_twice_is_measured_once_and_numbers_come_in_order() -> None:
    asked = made(models=["threads", "gevent", "threads"], concurrency=[4, 1, 4], replicas=[2, 1, 2])
    assert asked.models == (Model.THREADS, Model.GEVENT)
    assert (asked.concurrency, asked.replicas) == ((1, 4), (1, 2))


def test_a_number_parameter_is_kept_as_one_whichever_way_it_was_written() -> None:
    whole = made(workload="mixed", params={"cpu_share": 1}).params
    assert whole == {"milliseconds": 20, "cpu_share": 1.0}
    assert type(whole["cpu_share"]) is float
    assert type(whole["milliseconds"]) is int


def test_a_body_that_is_no_object_is_refused_with_its_type() -> None:
    for body in [None, [], "primes", 3, True, 0.5, [{"workload": "primes"}]]:
        with pytest.raises(MalformedRequest, match=rf"must be a JSON object \(got {type(body).__name__}\)"):
            request.experiment(body, registry, id="e1", created=900, seed=7)


def test_a_body_without_a_workload_is_refused_as_it_is_required() -> None:
    with pytest.raises(InvalidRequest) as caught:
        request.experiment({"repeats": 0}, registry, id="e1", created=900, seed=7)
    assert [str(one) for one in caught.value.problems] == [
        "workload: is required (got None)",
        "repeats: must be at least 1 (got 0)",
    ]


def test_500_trials_are_as_many_as_there_may_be() -> None:
    asked = made(models=["threads"], concurrency=[1, 2, 3, 4, 5], repeats=100)
    assert len(plan(asked, asked.repeats).trials) == 500


def test_501_trials_are_absurd() -> None:
    """3 concurrencies x 167 repeats would do, if there could be so many; 167 concurrencies x 3 do."""
    assert told(models=["threads"], concurrency=list(range(1, 168)), repeats=3) == [
        "repeats: 167 cells x 3 repeats make 501 trials: must be at most 500 (got 3)"
    ]


def test_sequential_counts_once_for_all_concurrencies() -> None:
    asked = made(models=["sequential"], concurrency=list(range(1, 200)), repeats=100)
    assert len(plan(asked, asked.repeats).trials) == 100


@pytest.mark.parametrize(
    ("models", "allowed"), [(["prefork"], 64), (["threads", "prefork"], 64), (["threads"], 256), (["gevent"], 256)]
)
def test_a_slot_that_is_a_process_may_be_there_less_often(models: list[str], allowed: int) -> None:
    assert made(models=models, concurrency=[allowed]).concurrency == (allowed,)
    (problem,) = problems(models=models, concurrency=[allowed + 1])
    assert problem.field.startswith("concurrency")
    assert problem.value == allowed + 1
    assert f"must be at most {allowed}" in problem.allowed


def test_all_that_is_wrong_is_reported_at_once() -> None:
    assert told(
        params={"limit": 1, "colour": "red"},
        models=["fibers", "threads", "green"],
        concurrency=[0],
        replicas=[],
        repeats="3",
        effort="heroic",
        seed=-1,
        colour=1,
    ) == [
        "params.limit: must be a whole number from 2 to 2000000 (got 1)",
        "params.colour: primes has only limit (got 'red')",
        "models.0: must be one of sequential, threads, gevent, prefork (got 'fibers')",
        "models.2: must be one of sequential, threads, gevent, prefork (got 'green'). Did you mean 'gevent'?",
        "concurrency.0: must be at least 1 (got 0)",
        "replicas: must name at least one (got [])",
        "repeats: must be a whole number (got '3')",
        "effort: must be one of quick, standard, thorough (got 'heroic')",
        "seed: must be at least 0 (got -1)",
        "colour: is not a field of an experiment (got 1)",
    ]


def test_what_pydantic_finds_besides_is_reported_in_its_words() -> None:
    found = problem({"type": "new_kind", "loc": ("load", "rate", 0), "msg": "Should be odd", "input": 2})
    assert (found.field, found.value, found.allowed) == ("load.rate.0", 2, "should be odd")


def test_an_unknown_workload_hides_nothing_else() -> None:
    several: tuple[dict[str, Any], ...] = ({"concurrency": [0]}, {"concurrency": [100, 101], "repeats": 100})
    for wrong in several:
        fields = {problem.field.split(".")[0] for problem in problems(workload="nothing", params={"x": 1}, **wrong)}
        assert fields == {"workload", *wrong}


def nested(depth: int, made: Callable[[object], object]) -> object:
    value: object = 1
    for _ in range(depth):
        value = made(value)
    return value


def test_nested_garbage_is_refused_wherever_it_is() -> None:
    for field in ["workload", "params", "models", "concurrency", "replicas", "repeats", "effort", "seed"]:
        for wrap in [lambda value: [value], lambda value: {"limit": value}]:
            found = problems(**{field: nested(300, wrap)})
            assert {problem.field.split(".")[0] for problem in found} == {field}
            assert all(len(str(problem)) < 300 for problem in found)


def test_of_a_long_name_and_a_long_value_a_user_sees_the_beginning() -> None:
    (line,) = told(**{"colour" * 1000: "red" * 1000})
    assert line.startswith("colourcolour") and "…: is not a field of an experiment (got 'redred" in line
    assert len(line) < 250


def test_a_list_that_goes_on_and_on_is_one_problem() -> None:
    (line,) = told(concurrency=[0] * 100_000)
    assert line.startswith("concurrency: must name at most 500 (got [0, 0,")
