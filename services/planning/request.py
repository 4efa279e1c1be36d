"""From what a user sent to an experiment, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from services.core.errors import InvalidRequest, MalformedRequest, Problem
from services.core.experiment import Effort, Experiment, Model
from services.core.units import Timestamp, Value
from services.planning.effort import TERMS
from services.planning.grid import cells
from workloads.contract import Workload
from workloads.registry import Registry

MOST_TRIALS = 500
MOST_CONCURRENCY = 256
#: Every prefork slot is a process.
MOST_PROCESSES = 64
MOST_REPLICAS = 16
MOST_REPEATS = 100
#: Values in one list, those named twice included.
MOST_NAMED = 500

Whole = Annotated[int, Field(strict=True, ge=1)]


def _not_too_many(named: object) -> object:
    if isinstance(named, list) and len(named) > MOST_NAMED:
        raise PydanticCustomError("too_many", "too many")
    return named


T = TypeVar("T")
#: A list is looked through only if it is short enough: each wrong value in it is a problem of its own.
Several = Annotated[tuple[T, ...], Field(min_length=1), BeforeValidator(_not_too_many)]


class _Request(BaseModel):
    """The shape of a request; what its values may be is checked after."""

    model_config = ConfigDict(frozen=True)

    workload: object
    params: dict[str, object] = {}
    models: Several[Model] = tuple(Model)
    concurrency: Several[Annotated[Whole, Field(le=MOST_CONCURRENCY)]] = (1, 2)
    replicas: Several[Annotated[Whole, Field(le=MOST_REPLICAS)]] = (1,)
    repeats: Annotated[Whole, Field(le=MOST_REPEATS)] | None = None
    effort: Effort = Effort.QUICK
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] | None = None


def experiment(body: object, registry: Registry, *, id: str, created: Timestamp, seed: int) -> Experiment:
    """The experiment that `body` (parsed JSON) asks for.

    Raises MalformedRequest when it is no object and InvalidRequest with every problem otherwise. `seed` is used when
    the request names none.
    """
    if not isinstance(body, dict):
        raise MalformedRequest(f"an experiment must be a JSON object (got {type(body).__name__})")
    fields = {key: value for key, value in body.items() if key in _Request.model_fields}
    unknown = [
        Problem(str(key), value, "is not a field of an experiment") for key, value in body.items() if key not in fields
    ]
    try:
        request = _Request.model_validate(fields)
    except ValidationError as error:
        misshapen = [_problem(one) for one in error.errors() if not _follows(one)]
        undeclared = _undeclared(registry, body["workload"], body.get("params")) if "workload" in body else ()
        raise InvalidRequest([*undeclared, *misshapen, *unknown]) from error
    asked = Experiment(
        id=id,
        created=created,
        workload=str(request.workload),
        params={},
        models=tuple(dict.fromkeys(request.models)),
        concurrency=tuple(sorted(set(request.concurrency))),
        replicas=tuple(sorted(set(request.replicas))),
        repeats=request.repeats or TERMS[request.effort].repeats,
        effort=request.effort,
        seed=seed if request.seed is None else request.seed,
    )
    if problems := [*_undeclared(registry, request.workload, request.params), *_absurd(asked), *unknown]:
        raise InvalidRequest(problems)
    return replace(asked, params=_filled(registry[asked.workload], request.params))


def _filled(workload: Workload, params: dict[str, Any]) -> dict[str, Value]:
    """Defaults under what was asked; a number parameter is a float whichever way it was written."""
    numbers = {one.name for one in workload.parameters if one.type == "number"}
    asked = workload.defaults | params
    return {name: float(value) if name in numbers else value for name, value in asked.items()}


def _undeclared(registry: Registry, name: object, params: object) -> Iterable[Problem]:
    """What is wrong with workload and parameters; a `params` that is no object is told elsewhere."""
    workload = registry.get(name) if isinstance(name, str) else None
    if workload is None:
        yield Problem("workload", name, f"must be one of {', '.join(registry)}")
        return
    declared = {parameter.name: parameter for parameter in workload.parameters}
    for key, value in params.items() if isinstance(params, dict) else ():
        if key not in declared:
            yield Problem(f"params.{key}", value, f"{workload.name} has only {', '.join(declared) or 'no parameters'}")
        elif problem := declared[key].problem(value):
            yield Problem(f"params.{key}", value, problem)


def _absurd(asked: Experiment) -> Iterable[Problem]:
    most = max(asked.concurrency)
    if Model.PREFORK in asked.models and most > MOST_PROCESSES:
        allowed = f"must be at most {MOST_PROCESSES} with prefork, which starts a process for every slot"
        yield Problem("concurrency", most, allowed)
    trials = len(cells(asked)) * asked.repeats
    if trials > MOST_TRIALS:
        yield Problem(
            "repeats",
            asked.repeats,
            f"{len(cells(asked))} cells x {asked.repeats} repeats make {trials} trials: must be at most {MOST_TRIALS}",
        )


_ALLOWED = {
    "missing": "is required",
    "int_type": "must be a whole number",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "too_short": "must name at least one",
    "too_many": f"must name at most {MOST_NAMED}",
}


def _follows(error: ErrorDetails) -> bool:
    """Whether this only says that nothing is left of a list all of whose values are wrong."""
    return error["type"] == "too_short" and len(error["input"]) > 0


def _problem(error: ErrorDetails) -> Problem:
    """Pydantic's finding in the lab's words: which field, which value, what is allowed."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _ALLOWED:
        allowed = _ALLOWED[kind]
    elif kind == "enum":
        allowed = f"must be one of {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    elif kind == "greater_than_equal":
        allowed = f"must be at least {context['ge']}"
    elif kind in ("less_than_equal", "less_than"):
        allowed = f"must be at most {context['le'] if 'le' in context else context['lt'] - 1}"
    else:
        allowed = error["msg"][:1].lower() + error["msg"][1:]
    return Problem(".".join(map(str, error["loc"])), None if kind == "missing" else error["input"], allowed)
