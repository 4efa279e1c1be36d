"""A request for several values of a parameter, for planned rates, for a prefetch, for a budget."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.core.experiment import Arrivals
from services.planning.grid import cells
from tests.unit.planning.requests import made, problems, told

NAN, ENDLESS = json.loads("[NaN, Infinity]")
HUGE = 10**400


def test_several_values_of_a_parameter_are_swept_and_the_others_stay() -> None:
    asked = made(workload="mixed", params={"milliseconds": [5, 10]})
    assert asked.sweep == {"milliseconds": (5, 10)}
    assert set(asked.params) == {"cpu_share"}


def test_a_list_makes_cells_of_each_of_its_values() -> None:
    asked = made(params={"limit": [1000, 20_000]}, models=["sequential"])
    assert [cell.name for cell in cells(asked)] == ["sequential@1 limit=1000", "sequential@1 limit=20000"]


def test_a_list_of_one_value_is_that_value() -> None:
    assert made(params={"limit": [1000]}) == made(params={"limit": 1000})
    assert made(params={"limit": [1000, 1000]}) == made(params={"limit": 1000})


def test_a_number_named_in_two_ways_is_measured_once() -> None:
    asked = made(workload="mixed", params={"cpu_share": [1, 0.5, 1.0, 0]})
    assert asked.sweep == {"cpu_share": (1.0, 0.5, 0.0)}
    assert {type(value) for value in asked.sweep["cpu_share"]} == {float}


def test_texts_are_swept_too() -> None:
    assert made(workload="channel", params={"kind": ["pipe", "redis"]}).sweep == {"kind": ("pipe", "redis")}


def test_every_wrong_value_of_a_list_is_reported() -> None:
    assert told(params={"limit": [1, 1000, "2", [3]]}) == [
        f"params.limit: must be a whole number from 2 to 2000000 (got {got})" for got in ("1", "'2'", "[3]")
    ]


def test_a_list_must_name_a_value_and_not_too_many() -> None:
    for several in [[], [7] * 501]:
        (problem,) = problems(params={"limit": several})
        assert (problem.field, problem.value) == ("params.limit", several)
        assert problem.allowed == "must name at least one value, and at most 500"


def test_swept_cells_count_towards_the_trials_there_may_be() -> None:
    limits = list(range(2, 169))
    assert told(params={"limit": limits}, models=["sequential"], repeats=3) == [
        "repeats: 167 cells x 3 repeats make 501 trials: must be at most 500 (got 3)"
    ]


def test_without_a_load_the_queue_is_full() -> None:
    assert (made().rates, made().arrivals) == ((), Arrivals.CONSTANT)
    assert made(load=None).rates == ()


def test_rates_come_in_order_and_each_once() -> None:
    asked = made(load={"rate": [50, 10.5, 50.0], "arrivals": "poisson"})
    assert (asked.rates, asked.arrivals) == ((10.5, 50.0), Arrivals.POISSON)
    assert made(load={"rate": [1]}).arrivals is Arrivals.CONSTANT


def test_a_bound_of_the_rate_may_be_reached() -> None:
    for rate in [0.5, 1000, 1000.0]:
        assert made(load={"rate": [rate]}).rates == (rate,)


A_NUMBER = "must be a number"


def test_a_load_must_be_of_its_shape_and_within_bounds() -> None:
    for load, field, allowed in [
        ({"rate": [10, 0.49]}, "load.rate.1", "must be at least 0.5"),
        ({"rate": [0]}, "load.rate.0", "must be at least 0.5"),
        ({"rate": [-1]}, "load.rate.0", "must be at least 0.5"),
        ({"rate": [1000.1]}, "load.rate.0", "must be at most 1000"),
        ({"rate": [ENDLESS]}, "load.rate.0", "must be at most 1000"),
        *(({"rate": [value]}, "load.rate.0", A_NUMBER) for value in ["10", True, None, [], {}]),
        ({"rate": []}, "load.rate", "must name at least one"),
        ({"rate": 10}, "load.rate", "must be a list"),
        ({"rate": [1] * 501}, "load.rate", "must name at most 500"),
        ({}, "load.rate", "is required"),
        ({"rate": [1], "arrivals": "bursts"}, "load.arrivals", "must be one of constant, poisson"),
        ({"rate": [1], "colour": "red"}, "load.colour", "is not a field here"),
        *((value, "load", "must be an object") for value in [10, "10", [10], True]),
    ]:
        (problem,) = problems(load=load)
        assert (problem.field, problem.allowed) == (field, allowed)


def test_what_is_hardly_a_number_is_refused() -> None:
    for value in [NAN, HUGE, -HUGE]:
        for field in ["load.rate.0", "budget"]:
            (problem,) = problems(**({"budget": value} if field == "budget" else {"load": {"rate": [value]}}))
            assert problem.field == field
            assert problem.allowed.startswith("must be ")


def test_a_prefetch_is_taken_and_none_is_the_choice_of_the_lab() -> None:
    assert [made(prefetch=one).prefetch for one in (0, 1, 1000)] == [0, 1, 1000]
    assert made().prefetch is None
    assert made(prefetch=None).prefetch is None


def test_prefetch_and_budget_must_be_numbers_within_bounds() -> None:
    for field, value, allowed in [
        ("prefetch", -1, "must be at least 0"),
        ("prefetch", 1001, "must be at most 1000"),
        *(("prefetch", value, "must be a whole number") for value in ["4", 1.5, True, [1]]),
        ("budget", 9.9, "must be at least 10"),
        ("budget", 86_401, "must be at most 86400"),
        *(("budget", value, A_NUMBER) for value in ["60", True, [60], {}]),
    ]:
        (problem,) = problems(**{field: value})
        assert (problem.field, problem.value, problem.allowed) == (field, value, allowed)


@pytest.mark.parametrize(
    ("asked", "repeats", "most", "budget"),
    [
        ({"effort": "quick"}, 3, 3, None),
        ({"effort": "standard"}, 5, 15, 600.0),
        ({"effort": "thorough"}, 10, 10, None),
        ({"effort": "standard", "repeats": 4}, 4, 4, 600.0),
        ({"effort": "standard", "budget": 900}, 5, 15, 900.0),
        ({"effort": "quick", "budget": 900}, 3, 3, 900.0),
    ],
    ids=str,
)
def test_standard_goes_on_while_intervals_are_wide_unless_the_repeats_are_named(
    asked: dict[str, Any], repeats: int, most: int, budget: float | None
) -> None:
    found = made(**asked)
    assert (found.repeats, found.most_repeats, found.budget) == (repeats, most, budget)


def test_a_budget_must_hold_the_blocks_that_run_in_any_case() -> None:
    """3 trials of about 3 s each, and 4 of them."""
    fits = made(models=["threads"], concurrency=[1], repeats=3, budget=10)
    assert fits.budget == 10
    assert told(models=["threads"], concurrency=[1], repeats=4, budget=10) == [
        "budget: 4 trials take about 12 s: must be at least that, or ask for less (got 10.0)"
    ]


def test_a_budget_that_no_one_named_refuses_nothing() -> None:
    """100 cells take far longer than the 600 s of standard."""
    asked = made(effort="standard", models=["threads"], concurrency=list(range(1, 101)))
    assert asked.budget == 600
