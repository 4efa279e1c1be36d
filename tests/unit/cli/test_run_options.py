"""What was typed, as a request."""

from __future__ import annotations

import pytest

from services.cli import run_options
from services.core.errors import InvalidRequest
from services.planning.request_shape import Shape


@pytest.mark.parametrize(
    ("text", "read"),
    [("20000", 20000), ("-3", -3), ("0.5", 0.5), ("1e3", 1000.0), ("fast", "fast"), ("", ""), ("a=b", "a=b")],
)
def test_a_value_is_a_whole_number_if_it_reads_as_one_else_a_number_else_text(text: str, read: object) -> None:
    found = run_options.parameters([f"limit={text}"])["limit"]
    assert found == read
    assert type(found) is type(read)


def test_every_parameter_that_is_malformed_or_given_twice_is_a_problem() -> None:
    with pytest.raises(InvalidRequest) as caught:
        run_options.parameters(["limit=1", "limit", "=2", "limit=3"])
    found = [(problem.field, problem.value) for problem in caught.value.problems]
    assert found == [("--param", "limit"), ("--param", "=2"), ("params.limit", "3")]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("workload", "WORKLOAD"),
        ("models.1", "--models"),
        ("params.limit", "--param limit"),
        ("load.rate.0", "--rate"),
        ("load.arrivals", "--arrivals"),
        ("LAB_NODE", None),
    ],
)
def test_a_field_of_the_request_has_the_name_of_its_option(field: str, typed: str | None) -> None:
    assert run_options.option(field) == typed


def test_every_field_of_a_request_has_an_option() -> None:
    assert all(run_options.option(field) for field in Shape.model_fields)


def test_what_was_not_given_is_left_to_the_defaults_of_the_lab() -> None:
    nothing = run_options.body(
        "primes", [], lists={"models": None, "concurrency": None}, numbers={"repeats": None}, effort=None
    )
    assert nothing == {"workload": "primes", "params": {}}


def test_lists_and_numbers_arrive_as_rest_would_send_them() -> None:
    body = run_options.body(
        "primes",
        ["limit=20000"],
        lists={"models": "threads, prefork", "concurrency": "1,2"},
        numbers={"repeats": "3"},
        effort="quick",
    )
    assert body == {
        "workload": "primes",
        "params": {"limit": 20000},
        "models": ["threads", "prefork"],
        "concurrency": [1, 2],
        "repeats": 3,
        "effort": "quick",
    }


@pytest.mark.parametrize(("text", "read"), [("", []), ("1,,2", [1, "", 2]), ("1,x", [1, "x"])])
def test_a_list_with_a_mistake_in_it_is_passed_on_to_be_judged_where_rest_is(text: str, read: list[object]) -> None:
    assert run_options.values("concurrency", text) == read


def requested(*params: str, rates: str | None = None, arrivals: str | None = None, **numbers: str | None) -> object:
    """What such a command asks REST for."""
    return run_options.body("primes", params, lists={}, numbers=numbers, effort=None, rates=rates, arrivals=arrivals)


def test_several_values_of_a_parameter_are_a_list_and_one_is_a_value() -> None:
    assert run_options.parameters(["limit=1000,20000", "kind=pipe, queue", "share=0.5"]) == {
        "limit": [1000, 20000],
        "kind": ["pipe", "queue"],
        "share": 0.5,
    }


def test_rates_and_how_they_are_spaced_are_the_load() -> None:
    assert requested(rates="10,50.5", arrivals="poisson") == {
        "workload": "primes",
        "params": {},
        "load": {"rate": [10, 50.5], "arrivals": "poisson"},
    }
    assert requested(rates="10") == {"workload": "primes", "params": {}, "load": {"rate": [10]}}


def test_arrivals_without_a_rate_are_passed_on_to_be_judged_where_rest_is() -> None:
    assert requested(arrivals="poisson") == {"workload": "primes", "params": {}, "load": {"arrivals": "poisson"}}


def test_budget_and_prefetch_are_numbers() -> None:
    assert requested(budget="90.5", prefetch="0") == {"workload": "primes", "params": {}, "budget": 90.5, "prefetch": 0}
    assert requested(budget=None, prefetch="many") == {"workload": "primes", "params": {}, "prefetch": "many"}
