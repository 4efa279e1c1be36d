"""From what a user sent to an experiment, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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

Whole = Annotated[int, Field(strict=True, ge=1)]


class _Request(BaseModel):
    """The shape of a request; what its values may be is checked after."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workload: Annotated[str, Field(strict=True)]
    params: dict[str, Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True)] | str] = {}
    models: Annotated[tuple[Model, ...], Field(min_length=1)] = tuple(Model)
    concurrency: Annotated[tuple[Annotated[Whole, Field(le=MOST_CONCURRENCY)], ...], Field(min_length=1)] = (1, 2)
    replicas: Annotated[tuple[Annotated[Whole, Field(le=MOST_REPLICAS)], ...], Field(min_length=1)] = (1,)
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
    try:
        request = _Request.model_validate(body)
    except ValidationError as error:
        raise InvalidRequest(_problem(one) for one in error.errors()) from error
    workload = registry.get(request.workload)
    if workload is None:
        raise InvalidRequest([Problem("workload", request.workload, f"must be one of {', '.join(registry)}")])
    asked = Experiment(
        id=id,
        created=created,
        workload=workload.name,
        params=_filled(workload, request.params),
        models=tuple(dict.fromkeys(request.models)),
        concurrency=tuple(sorted(set(request.concurrency))),
        replicas=tuple(sorted(set(request.replicas))),
        repeats=request.repeats or TERMS[request.effort].repeats,
        effort=request.effort,
        seed=seed if request.seed is None else request.seed,
    )
    if problems := [*_wrong_params(workload, request.params), *_absurd(asked)]:
        raise InvalidRequest(problems)
    return asked


def _filled(workload: Workload, params: dict[str, Value]) -> dict[str, Value]:
    """Defaults under what was asked; a number parameter is a float whichever way it was written."""
    numbers = {one.name for one in workload.parameters if one.type == "number"}
    asked = workload.defaults | params
    return {
        name: float(value) if name in numbers and isinstance(value, int) else value for name, value in asked.items()
    }


def _wrong_params(workload: Workload, params: dict[str, Value]) -> Iterable[Problem]:
    declared = {parameter.name: parameter for parameter in workload.parameters}
    for name, value in params.items():
        if name not in declared:
            yield Problem(f"params.{name}", value, f"{workload.name} has only {', '.join(declared)}")
        elif problem := declared[name].problem(value):
            yield Problem(f"params.{name}", value, problem)


def _absurd(asked: Experiment) -> Iterable[Problem]:
    most = max(asked.concurrency)
    if Model.PREFORK in asked.models and most > MOST_PROCESSES:
        yield Problem("concurrency", most, f"prefork starts a process a slot: must be at most {MOST_PROCESSES}")
    trials = len(cells(asked)) * asked.repeats
    if trials > MOST_TRIALS:
        yield Problem(
            "repeats",
            asked.repeats,
            f"{len(cells(asked))} cells x {asked.repeats} repeats make {trials} trials: must be at most {MOST_TRIALS}",
        )


_ALLOWED = {
    "missing": "is required",
    "extra_forbidden": "is not a field of an experiment",
    "int_type": "must be a whole number",
    "too_short": "must name at least one",
}


def _problem(error: object) -> Problem:
    """Pydantic's finding in the lab's words: which field, which value, what is allowed."""
    assert isinstance(error, dict)
    place = [str(part) for part in error["loc"]]
    kind, context = error["type"], error.get("ctx", {})
    if place and place[0] == "params":
        place, allowed = place[:2], "must be a number or a text" if len(place) > 1 else "must be an object"
    elif kind in _ALLOWED:
        allowed = _ALLOWED[kind]
    elif kind == "enum":
        allowed = f"must be one of {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    elif kind == "greater_than_equal":
        allowed = f"must be at least {context['ge']}"
    elif kind in ("less_than_equal", "less_than"):
        allowed = f"must be at most {context['le'] if 'le' in context else context['lt'] - 1}"
    else:
        message: str = error["msg"]
        allowed = message[:1].lower() + message[1:]
    value = None if kind == "missing" else error["input"]
    return Problem(".".join(place), value, allowed)
