"""A declaration that a user could not submit is refused, and so is every value out of its bounds."""

from __future__ import annotations

import math
from typing import Annotated

import pytest

from workloads.contract import OneOf, Parameter, Within, Workload, workload
from workloads.registry import discover

declare = workload(family="test", gil="held", description="For a test.")
declared = [parameter for one in discover().values() for parameter in one.parameters]


NUMBERS = [one for one in declared if one.type != "text"]


def test_every_declared_number_accepts_its_bounds_and_refuses_the_next_number_outside() -> None:
    for parameter in NUMBERS:
        low, high = parameter.low, parameter.high
        assert low is not None and high is not None and low < high, parameter
        whole = parameter.type == "integer"
        below = low - 1 if whole else math.nextafter(low, -math.inf)
        above = high + 1 if whole else math.nextafter(high, math.inf)
        accepted = [value for value in (below, low, high, above) if parameter.problem(value) is None]
        assert accepted == [low, high], parameter


def test_every_declared_number_refuses_values_that_are_no_finite_number() -> None:
    values: list[object] = [True, False, None, "1", [1], 1j, math.nan, math.inf, -math.inf]
    assert NUMBERS
    assert not [(one.name, value) for one in NUMBERS for value in values if one.problem(value) is None]


def test_every_declared_whole_number_refuses_a_fraction_and_a_float() -> None:
    whole = [(one, one.low) for one in NUMBERS if one.type == "integer" and one.low is not None]
    assert whole
    assert not [one for one, low in whole if one.problem(low + 0.5) is None or one.problem(float(low)) is None]


def test_every_declared_text_accepts_its_choices_and_nothing_else() -> None:
    for parameter in (one for one in declared if one.type == "text"):
        others = ("", "maybe", parameter.choices[0].upper(), True, 1, None, list(parameter.choices))
        accepted = [value for value in (*parameter.choices, *others) if parameter.problem(value) is None]
        assert accepted == list(parameter.choices), parameter


def test_a_refusal_names_what_is_allowed() -> None:
    @declare
    def one(
        *,
        size: Annotated[int, Within(1, 9)] = 1,
        share: Annotated[float, Within(0, 1)] = 0.5,
        mode: Annotated[str, OneOf(("fast", "slow"))] = "fast",
    ) -> None: ...

    size, share, mode = one.parameters
    assert size.problem(10) == "must be a whole number from 1 to 9"
    assert share.problem(2) == "must be a number from 0 to 1"
    assert mode.problem("medium") == "must be one of fast, slow"


def test_a_declared_parameter_carries_its_bounds_unit_and_help() -> None:
    @declare
    def one(*, size: Annotated[int, Within(1, 9, "bytes", "How big")] = 3) -> None: ...

    assert one.parameters == (
        Parameter(name="size", type="integer", default=3, low=1, high=9, unit="bytes", help="How big"),
    )
    assert one.defaults == {"size": 3}


def test_the_decorated_name_becomes_the_workload() -> None:
    @declare
    def one() -> None: ...

    assert isinstance(one, Workload)
    assert (one.name, one.location) == ("one", f"{__name__}:one")


def test_a_parameter_without_bounds_is_filled_by_the_payload_and_not_by_the_user() -> None:
    def payload(*, size: int) -> dict[str, object]:
        return {"size": size, "body": "x" * size}

    @workload(family="test", gil="held", description="For a test.", payload=payload)
    def one(*, size: Annotated[int, Within(0, 9)] = 0, body: str = "") -> None: ...

    assert [parameter.name for parameter in one.parameters] == ["size"]
    assert one.arguments({"size": 2}) == {"size": 2, "body": "xx"}


def test_without_a_payload_the_declared_values_are_the_arguments() -> None:
    @declare
    def one(*, size: Annotated[int, Within(0, 9)] = 0) -> None: ...

    assert one.arguments({"size": 2}) == {"size": 2}


@pytest.mark.parametrize("default", [0, 10, 1.5, True], ids=repr)
def test_a_default_out_of_its_bounds_is_refused_at_declaration(default: int) -> None:
    def one(*, size: Annotated[int, Within(1, 9)] = default) -> None: ...

    with pytest.raises(TypeError, match="one: size: the default must be a whole number from 1 to 9"):
        declare(one)


def test_a_default_that_is_no_choice_is_refused_at_declaration() -> None:
    def one(*, mode: Annotated[str, OneOf(("fast", "slow"))] = "medium") -> None: ...

    with pytest.raises(TypeError, match="one: mode: the default must be one of fast, slow"):
        declare(one)


def test_a_positional_parameter_is_refused_at_declaration() -> None:
    def one(size: Annotated[int, Within(1, 9)] = 1) -> None: ...

    with pytest.raises(TypeError, match="one: size must be keyword-only and have a default"):
        declare(one)


def test_a_parameter_without_a_default_is_refused_at_declaration() -> None:
    def one(*, size: Annotated[int, Within(1, 9)]) -> None: ...

    with pytest.raises(TypeError, match="one: size must be keyword-only and have a default"):
        declare(one)


def test_open_ended_keywords_are_refused_at_declaration() -> None:
    def one(**anything: int) -> None: ...

    with pytest.raises(TypeError, match="one: anything must be keyword-only and have a default"):
        declare(one)


def test_a_parameter_called_like_the_task_itself_is_refused_at_declaration() -> None:
    def one(*, self: Annotated[int, Within(1, 9)] = 1) -> None: ...

    with pytest.raises(TypeError, match="one: self is what Celery calls the task itself"):
        declare(one)


def test_a_bound_of_the_wrong_kind_is_refused_at_declaration() -> None:
    def one(*, mode: Annotated[int, OneOf(("1", "2"))] = 1) -> None: ...

    with pytest.raises(TypeError, match="one: mode: OneOf bounds a str"):
        declare(one)


def test_bounds_that_hold_nothing_are_refused_at_declaration() -> None:
    def one(*, size: Annotated[int, Within(9, 1)] = 5) -> None: ...

    with pytest.raises(TypeError, match="one: size: Within bounds an int or a float, from low to high"):
        declare(one)


def test_a_forgotten_bound_is_refused_at_declaration() -> None:
    def one(*, size: int = 5) -> None: ...

    with pytest.raises(TypeError, match="one: size has no bound, and no payload to fill it"):
        declare(one)
