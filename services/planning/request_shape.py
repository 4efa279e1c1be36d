"""The shape of a request, and what does not fit it in the lab's words: which field, which value, what is allowed."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import ErrorDetails, PydanticCustomError

from services.core.errors import Problem
from services.core.experiment import Arrivals, Effort
from services.core.models import Model
from services.core.units import Rate, Seconds

MOST_CONCURRENCY = 256
MOST_REPLICAS = 16
MOST_REPEATS = 100
#: Values in one list, those named twice included.
MOST_NAMED = 500
LOWEST_RATE: Rate = 0.5
#: The highest rate that one publisher reliably sends on time.
HIGHEST_RATE: Rate = 1000.0
MOST_PREFETCH = 1000
SHORTEST_BUDGET: Seconds = 10.0
LONGEST_BUDGET: Seconds = 86_400.0

Whole = Annotated[int, Field(strict=True, ge=1)]
Planned = Annotated[float, Field(strict=True, ge=LOWEST_RATE, le=HIGHEST_RATE)]


def _not_too_many(named: object) -> object:
    if isinstance(named, list) and len(named) > MOST_NAMED:
        raise PydanticCustomError("too_many", "too many")
    return named


T = TypeVar("T")
#: A list is looked through only if it is short enough: each wrong value in it is a problem of its own.
Several = Annotated[tuple[T, ...], Field(min_length=1), BeforeValidator(_not_too_many)]


class PlannedLoad(BaseModel):
    """Tasks sent at planned rates instead of a full queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: Several[Planned]
    arrivals: Arrivals = Arrivals.CONSTANT


class Shape(BaseModel):
    """The fields of a request; what workload and parameters may be is not a matter of shape."""

    model_config = ConfigDict(frozen=True)

    workload: object
    #: A list of values makes cells of each.
    params: dict[str, object] = {}
    models: Several[Model] = tuple(Model)
    concurrency: Several[Annotated[Whole, Field(le=MOST_CONCURRENCY)]] = (1, 2)
    replicas: Several[Annotated[Whole, Field(le=MOST_REPLICAS)]] = (1,)
    repeats: Annotated[Whole, Field(le=MOST_REPEATS)] | None = None
    effort: Effort = Effort.QUICK
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] | None = None
    load: PlannedLoad | None = None
    prefetch: Annotated[int, Field(strict=True, ge=0, le=MOST_PREFETCH)] | None = None
    budget: Annotated[float, Field(strict=True, ge=SHORTEST_BUDGET, le=LONGEST_BUDGET)] | None = None


_ALLOWED = {
    "missing": "is required",
    "extra_forbidden": "is not a field here",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "too_short": "must name at least one",
    "too_many": f"must name at most {MOST_NAMED}",
}


def follows(error: ErrorDetails) -> bool:
    """Return whether this only reports that a list is empty after its wrong values were removed."""
    return error["type"] == "too_short" and len(error["input"]) > 0


def problem(error: ErrorDetails) -> Problem:
    """Pydantic's finding, translated."""
    kind, context = error["type"], error.get("ctx", {})
    field = ".".join(map(str, error["loc"]))
    if kind in _ALLOWED:
        allowed = _ALLOWED[kind]
    elif kind == "enum":
        names = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return Problem.unknown(field, error["input"], names)
    elif kind == "greater_than_equal":
        allowed = f"must be at least {context['ge']:g}"
    elif kind in ("less_than_equal", "less_than"):
        allowed = f"must be at most {context['le'] if 'le' in context else context['lt'] - 1:.15g}"
    else:
        allowed = error["msg"][:1].lower() + error["msg"][1:]
    return Problem(field, None if kind == "missing" else error["input"], allowed)
