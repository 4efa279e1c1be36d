"""Every field of a request, with all that could be sent in it: the answer names field, value and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from services.core.models import Model
from tests.unit.planning.requests import made, problems, registry, told

HUGE = 10**400
NAN, ENDLESS = json.loads("[NaN, Infinity]")
LONG = "x" * 10_000
MARKUP = "<script>alert('1')</script>"
A_MODEL = "must be one of sequential, threads, gevent, prefork"
#: Of any kind but a number and a text.
NO_VALUES: list[object] = [None, True, [], [1], {}, {"a": 1}]
#: Of any kind that a parameter does not take: in a list, each value is one of several.
NO_PARAMETERS: list[object] = [None, True, {}, {"a": 1}]


WHOLE = "must be a whole number"
NO_WHOLE_NUMBERS: list[object] = ["", "3", LONG, 2.5, 3.0, NAN, ENDLESS, *NO_VALUES]


def refuses(allowed: str, field: str, values: Sequence[object], ask: Callable[[object], dict[str, Any]]) -> None:
    """Assert that every value, put into a request by `ask`, is the one problem of that request."""
    for value in values:
        (problem,) = problems(**ask(value))
        assert problem.value is value or problem.value == value
        assert (problem.field, problem.allowed) == (field, allowed), repr(value)[:80]


def test_a_workload_must_be_one_of_those_there_are() -> None:
    values = ["", "nothing", " primes", "PRIMES", LONG, MARKUP, "\ud800", 7, NAN, HUGE, *NO_VALUES]
    refuses(f"must be one of {', '.join(registry)}", "workload", values, lambda value: {"workload": value})


def test_params_must_be_an_object() -> None:
    values = [None, True, 3, 0.5, "limit=3", [], [["limit", 3]]]
    refuses("must be an object", "params", values, lambda value: {"params": value})


def test_a_whole_number_parameter_must_be_one_within_its_bounds() -> None:
    values = [1, 2_000_001, -HUGE, HUGE, 2.5, 2000.0, NAN, ENDLESS, "2000", LONG, *NO_PARAMETERS]
    allowed = "must be a whole number from 2 to 2000000"
    refuses(allowed, "params.limit", values, lambda value: {"params": {"limit": value}})


def test_a_number_parameter_must_be_one_within_its_bounds() -> None:
    values = [-0.001, 1.001, 2, HUGE, -HUGE, 1e308, NAN, ENDLESS, -ENDLESS, "0.5", *NO_PARAMETERS]

    def ask(value: object) -> dict[str, Any]:
        return {"workload": "mixed", "params": {"cpu_share": value}}

    refuses("must be a number from 0 to 1", "params.cpu_share", values, ask)


def test_a_parameter_must_be_one_of_the_workloads() -> None:
    for name in ("", "Limit", "limit ", "a.b", MARKUP, LONG, "\ud800"):
        (problem,) = problems(params={name: 1})
        assert (problem.field, problem.value, problem.allowed) == (f"params.{name}", 1, "primes has only limit")


def test_a_bound_may_be_reached() -> None:
    for field in ({"params": {"limit": 2}}, {"params": {"limit": 2_000_000}}, {"seed": 2**32 - 1}, {"repeats": 1}):
        assert made(**field).workload == "primes"


def test_a_model_must_be_one_of_those_there_are() -> None:
    values = ["", "fibers", "Threads", " threads", LONG, MARKUP, 0, NAN, *NO_VALUES]
    refuses(A_MODEL, "models.1", values, lambda value: {"models": ["threads", value]})
    assert A_MODEL.endswith(", ".join(Model))


def test_one_of_several_numbers_must_be_within_bounds() -> None:
    for field, most in (("concurrency", 256), ("replicas", 16)):

        def ask(value: object, field: str = field) -> dict[str, Any]:
            return {field: [1, value]}

        refuses("must be at least 1", f"{field}.1", [0, -1, -HUGE], ask)
        refuses(f"must be at most {most}", f"{field}.1", [257, HUGE], ask)
        refuses(WHOLE, f"{field}.1", NO_WHOLE_NUMBERS, ask)


def test_what_may_be_several_must_be_a_list_with_at_least_one() -> None:
    for field in ("models", "concurrency", "replicas"):
        for value in (None, True, 2, 0.5, "", "1,2", "threads", {}, {"threads": 1}):
            (problem,) = problems(**{field: value})
            assert (problem.field, problem.value, problem.allowed) == (field, value, "must be a list")
        assert told(**{field: []}) == [f"{field}: must name at least one (got [])"]


def test_a_single_number_must_be_whole_and_within_bounds() -> None:
    for field, least, most in (("repeats", 1, 100), ("seed", 0, 2**32 - 1)):

        def ask(value: object, field: str = field) -> dict[str, Any]:
            return {field: value}

        refuses(f"must be at least {least}", field, [least - 1, -HUGE], ask)
        refuses(f"must be at most {most}", field, [most + 1, HUGE], ask)
        refuses(WHOLE, field, [value for value in NO_WHOLE_NUMBERS if value is not None], ask)


def test_an_effort_must_be_one_of_those_there_are() -> None:
    values = ["", "heroic", "QUICK", LONG, MARKUP, 1, NAN, *NO_VALUES]
    refuses("must be one of quick, standard, thorough", "effort", values, lambda value: {"effort": value})


def test_a_field_that_an_experiment_does_not_have_is_refused() -> None:
    for name in ("", "colour", "Models", MARKUP, LONG, "\ud800"):
        (problem,) = problems(**{name: 1})
        assert (problem.field, problem.value, problem.allowed) == (name, 1, "is not a field of an experiment")


def test_a_problem_names_field_allowed_and_value_in_one_line() -> None:
    assert told(models=[MARKUP]) == [f"models.0: {A_MODEL} (got {MARKUP!r})"]
    assert told(params={"limit": NAN}) == ["params.limit: must be a whole number from 2 to 2000000 (got nan)"]
    assert "\n" not in told(effort="one\ntwo")[0]
