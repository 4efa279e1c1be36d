"""Every field of a request, with all that could be sent in it: the answer names field, value and what is allowed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.core.experiment import Model
from tests.unit.planning.requests import made, problems, registry, told

HUGE = 10**400
NAN, ENDLESS = json.loads("[NaN, Infinity]")
LONG = "x" * 10_000
MARKUP = "<script>alert('1')</script>"
A_MODEL = "must be one of sequential, threads, gevent, prefork"
AN_EFFORT = "must be one of quick, standard, thorough"
#: Of any kind but a number and a text.
NO_VALUES: list[object] = [None, True, [], [1], {}, {"a": 1}]
#: Of any kind that a parameter does not take: in a list, each value is one of several.
NO_PARAMETERS: list[object] = [None, True, {}, {"a": 1}]


def known(value: object) -> str:
    text = repr(value)
    return text if len(text) < 20 else f"{text[:8]}…{len(text)}"


@pytest.mark.parametrize(
    "value", ["", "nothing", " primes", "PRIMES", LONG, MARKUP, "\ud800", 7, NAN, HUGE, *NO_VALUES], ids=known
)
def test_a_workload_must_be_one_of_those_there_are(value: object) -> None:
    (problem,) = problems(workload=value)
    assert problem.field == "workload"
    assert problem.value is value
    assert problem.allowed == f"must be one of {', '.join(registry)}"


@pytest.mark.parametrize("value", [None, True, 3, 0.5, "limit=3", [], [["limit", 3]]], ids=known)
def test_params_must_be_an_object(value: object) -> None:
    (problem,) = problems(params=value)
    assert (problem.field, problem.value, problem.allowed) == ("params", value, "must be an object")


@pytest.mark.parametrize(
    "value", [1, 2_000_001, -HUGE, HUGE, 2.5, 2000.0, NAN, ENDLESS, "2000", LONG, *NO_PARAMETERS], ids=known
)
def test_a_whole_number_parameter_must_be_one_within_its_bounds(value: object) -> None:
    (problem,) = problems(params={"limit": value})
    assert (problem.field, problem.value) == ("params.limit", value)
    assert problem.allowed == "must be a whole number from 2 to 2000000"


@pytest.mark.parametrize(
    "value", [-0.001, 1.001, 2, HUGE, -HUGE, 1e308, NAN, ENDLESS, -ENDLESS, "0.5", *NO_PARAMETERS], ids=known
)
def test_a_number_parameter_must_be_one_within_its_bounds(value: object) -> None:
    (problem,) = problems(workload="mixed", params={"cpu_share": value})
    assert (problem.field, problem.value) == ("params.cpu_share", value)
    assert problem.allowed == "must be a number from 0 to 1"


@pytest.mark.parametrize("name", ["", "Limit", "limit ", "a.b", MARKUP, LONG, "\ud800"], ids=known)
def test_a_parameter_must_be_one_of_the_workloads(name: str) -> None:
    (problem,) = problems(params={name: 1})
    assert (problem.field, problem.value, problem.allowed) == (f"params.{name}", 1, "primes has only limit")


@pytest.mark.parametrize(
    "field", [{"params": {"limit": 2}}, {"params": {"limit": 2_000_000}}, {"seed": 2**32 - 1}, {"repeats": 1}]
)
def test_a_bound_may_be_reached(field: dict[str, Any]) -> None:
    assert made(**field).workload == "primes"


@pytest.mark.parametrize("value", ["", "fibers", "Threads", " threads", LONG, MARKUP, 0, NAN, *NO_VALUES], ids=known)
def test_a_model_must_be_one_of_those_there_are(value: object) -> None:
    (problem,) = problems(models=["threads", value])
    assert (problem.field, problem.value, problem.allowed) == ("models.1", value, A_MODEL)
    assert A_MODEL.endswith(", ".join(Model))


@pytest.mark.parametrize(("field", "most"), [("concurrency", 256), ("replicas", 16)], ids=["concurrency", "replicas"])
@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        (0, "must be at least 1"),
        (-1, "must be at least 1"),
        (-HUGE, "must be at least 1"),
        (257, "must be at most {most}"),
        (HUGE, "must be at most {most}"),
        *((value, "must be a whole number") for value in ["", "2", LONG, 1.5, 2.0, NAN, ENDLESS, *NO_VALUES]),
    ],
    ids=known,
)
def test_one_of_several_numbers_must_be_within_bounds(field: str, most: int, value: object, allowed: str) -> None:
    (problem,) = problems(**{field: [1, value]})
    assert (problem.field, problem.value) == (f"{field}.1", value)
    assert problem.allowed == allowed.format(most=most)


@pytest.mark.parametrize("field", ["models", "concurrency", "replicas"])
@pytest.mark.parametrize("value", [None, True, 2, 0.5, "", "1,2", "threads", {}, {"threads": 1}], ids=known)
def test_what_may_be_several_must_be_a_list(field: str, value: object) -> None:
    (problem,) = problems(**{field: value})
    assert (problem.field, problem.value, problem.allowed) == (field, value, "must be a list")


@pytest.mark.parametrize("field", ["models", "concurrency", "replicas"])
def test_an_empty_list_must_name_at_least_one(field: str) -> None:
    assert told(**{field: []}) == [f"{field}: must name at least one (got [])"]


WHOLE = "must be a whole number"
NO_WHOLE_NUMBERS: list[object] = ["", "3", LONG, 2.5, 3.0, NAN, ENDLESS, True, [], [3], {}]


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("repeats", 0, "must be at least 1"),
        ("repeats", -HUGE, "must be at least 1"),
        ("repeats", 101, "must be at most 100"),
        ("repeats", HUGE, "must be at most 100"),
        ("seed", -1, "must be at least 0"),
        ("seed", 2**32, "must be at most 4294967295"),
        ("seed", HUGE, "must be at most 4294967295"),
        *(("repeats", value, WHOLE) for value in NO_WHOLE_NUMBERS),
        *(("seed", value, WHOLE) for value in NO_WHOLE_NUMBERS),
        *(("effort", value, AN_EFFORT) for value in ["", "heroic", "QUICK", LONG, MARKUP, 1, NAN, *NO_VALUES]),
        *((name, 1, "is not a field of an experiment") for name in ["", "colour", "Models", MARKUP, LONG, "\ud800"]),
    ],
    ids=known,
)
def test_a_single_value_must_be_of_its_kind_and_within_bounds(field: str, value: object, allowed: str) -> None:
    (problem,) = problems(**{field: value})
    assert (problem.field, problem.value, problem.allowed) == (field, value, allowed)


def test_a_problem_says_field_allowed_and_value_in_one_line() -> None:
    assert told(models=[MARKUP]) == [f"models.0: {A_MODEL} (got {MARKUP!r})"]
    assert told(params={"limit": NAN}) == ["params.limit: must be a whole number from 2 to 2000000 (got nan)"]
    assert "\n" not in told(effort="one\ntwo")[0]
