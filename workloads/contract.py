"""The contract of a workload: one function with bounded, documented parameters.

    @workload(family="python", gil="held", description="Count the primes below a limit.")
    def primes(*, limit: Annotated[int, Within(2, 1_000_000, "numbers", "Search below this")] = 20_000) -> int:
        ...

A parameter annotated with `Within` or `OneOf` is declared: users set it. One without a bound is filled by the
workload's `payload`, which turns the declared values into the keyword arguments of one task.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

#: The body's use of the GIL: keeps it, gives it up inside C code, or waits without it.
Gil = Literal["held", "released", "waits", "mixed"]
#: A service that a node provides during a trial: a web server, the broker's Redis.
Service = Literal["http", "redis"]
Value = int | float | str
Function = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Within:
    """Inclusive bounds of a numeric parameter."""

    low: int | float
    high: int | float
    #: Shown beside the field: "ms", "bytes", "numbers"; "" for a pure number.
    unit: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The values a text parameter may take."""

    choices: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One declared parameter of a workload."""

    name: str
    type: Literal["integer", "number", "text"]
    default: Value
    #: Bounds of a number; None for text.
    low: int | float | None = None
    high: int | float | None = None
    #: Allowed texts; empty for a number.
    choices: tuple[str, ...] = ()
    unit: str = ""
    help: str = ""

    def problem(self, value: object) -> str | None:
        """Why `value` is not allowed here, in words for a user; None if it is."""
        if self.type == "text":
            return None if value in self.choices else f"must be one of {', '.join(self.choices)}"
        whole = self.type == "integer"
        allowed = f"must be {'a whole number' if whole else 'a number'} from {self.low} to {self.high}"
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            return allowed
        assert self.low is not None and self.high is not None
        return None if self.low <= value <= self.high else allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The declared cost of one task, for estimates before a run: right to an order of magnitude."""

    #: Seconds on an idle core: computing with the GIL, computing without it (C code, other processes), waiting.
    held: float = 0.0
    released: float = 0.0
    waits: float = 0.0
    #: Bytes that a busy slot holds because of its task.
    memory: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A named callable with declared, bounded parameters."""

    name: str
    family: str
    description: str
    gil: Gil
    function: Function
    parameters: tuple[Parameter, ...]
    #: Declared values -> keyword arguments of one task; the identity for most workloads.
    payload: Callable[..., dict[str, object]]
    #: The body of an empty task: its result costs as much to carry; returns None for most workloads.
    empty: Function
    services: frozenset[Service]
    #: Meaning of the whole number that a task returns, if it is a finding of its own: "updates lost". "" for most.
    returns: str
    #: Declared values -> roughly what one task costs.
    cost: Callable[..., Cost]
    #: Why its trials are run although they fail: "to see which tasks are lost …". "" for most: a failure is a failure.
    failure_shows: str
    #: Whether it is a task of a user's application: then each node finds it among its registrations.
    own: bool = False
    #: Time limits in seconds that such a task declares; None: it declares none.
    soft_time_limit: float | None = None
    time_limit: float | None = None

    @property
    def defaults(self) -> dict[str, Value]:
        """Every declared parameter at its default."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    @property
    def location(self) -> str:
        """Where a measured worker imports it from: `module:function`."""
        return f"{self.function.__module__}:{self.name}"

    def arguments(self, params: Mapping[str, Value]) -> dict[str, object]:
        """Return the keyword arguments of one task for these declared values."""
        return self.payload(**params)


def _nothing(**_: object) -> None:
    """Do nothing: an empty body."""


def _as_they_are(**params: object) -> dict[str, object]:
    return params


def _next_to_nothing(**_: object) -> Cost:
    return Cost()


def workload(  # noqa: PLR0913 - the parts of a declaration, by name
    *,
    family: str,
    description: str,
    gil: Gil,
    payload: Callable[..., dict[str, object]] = _as_they_are,
    empty: Function = _nothing,
    services: frozenset[Service] = frozenset(),
    returns: str = "",
    cost: Callable[..., Cost] = _next_to_nothing,
    failure_shows: str = "",
) -> Callable[[Function], Workload]:
    """Declare the decorated keyword-only function to be a workload of its own name.

    Raises TypeError when a parameter is not keyword-only, is called `self`, has no default, has a default out of its
    bounds or has no bound and nothing to fill it: a workload that cannot be submitted as declared must not reach a
    user.
    """

    def declare(function: Function) -> Workload:
        return Workload(
            name=function.__name__,
            family=family,
            description=description,
            gil=gil,
            function=function,
            parameters=_declared(function, filled=payload is not _as_they_are),
            payload=payload,
            empty=empty,
            services=services,
            returns=returns,
            cost=cost,
            failure_shows=failure_shows,
        )

    return declare


def _declared(function: Function, *, filled: bool) -> tuple[Parameter, ...]:
    """Return the declared parameters; `filled`: a payload fills those without a bound."""
    hints = get_type_hints(function, include_extras=True)
    found = []
    for name, spec in inspect.signature(function).parameters.items():
        place = f"{function.__name__}: {name}"
        if spec.kind is not inspect.Parameter.KEYWORD_ONLY or spec.default is inspect.Parameter.empty:
            raise TypeError(f"{place} must be keyword-only and have a default")
        if name == "self":
            raise TypeError(f"{place} is what Celery calls the task itself; give it another name")
        parameter = _parameter(place, name, hints.get(name), spec.default)
        if parameter is not None:
            found.append(parameter)
        elif not filled:
            raise TypeError(f"{place} has no bound, and no payload to fill it")
    return tuple(found)


def _parameter(place: str, name: str, hint: Any, default: Value) -> Parameter | None:
    bound = next((one for one in getattr(hint, "__metadata__", ()) if isinstance(one, (OneOf, Within))), None)
    if bound is None:
        return None
    kind = hint.__origin__
    if isinstance(bound, OneOf):
        if kind is not str:
            raise TypeError(f"{place}: OneOf bounds a str")
        parameter = Parameter(name=name, type="text", default=default, choices=bound.choices, help=bound.help)
    else:
        if kind not in (int, float) or bound.low > bound.high:
            raise TypeError(f"{place}: Within bounds an int or a float, from low to high")
        parameter = Parameter(
            name=name,
            type="integer" if kind is int else "number",
            default=default,
            low=bound.low,
            high=bound.high,
            unit=bound.unit,
            help=bound.help,
        )
    if problem := parameter.problem(default):
        raise TypeError(f"{place}: the default {problem}")
    return parameter
