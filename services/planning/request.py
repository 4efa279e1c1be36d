"""From what a user sent to an experiment, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from services.core.errors import InvalidRequest, MalformedRequest, Problem
from services.core.experiment import Arrivals, Experiment
from services.core.suggestions import nearest
from services.core.units import Seconds, Timestamp, Value
from services.planning import limits
from services.planning.effort import TERMS
from services.planning.estimate import NOTHING_KNOWN, EstimateInputs
from services.planning.grid import plan, size
from services.planning.request_shape import MOST_NAMED, Shape, follows, problem
from workloads.contract import Workload
from workloads.registry import Registry

MOST_TRIALS = 500


def experiment(
    body: object,
    registry: Registry,
    *,
    id: str,
    created: Timestamp,
    seed: int,
    known: EstimateInputs = NOTHING_KNOWN,
) -> Experiment:
    """Return the experiment that `body` (parsed JSON) asks for.

    Raises MalformedRequest when it is no object and InvalidRequest with every problem otherwise. `seed` is used when
    the request names none; `known` holds what its time and memory are compared with.
    """
    if not isinstance(body, dict):
        raise MalformedRequest(f"an experiment must be a JSON object (got {type(body).__name__})")
    fields = {key: value for key, value in body.items() if key in Shape.model_fields}
    unknown = [
        Problem(str(key), value, "is not a field of an experiment") for key, value in body.items() if key not in fields
    ]
    try:
        request = Shape.model_validate(fields)
    except ValidationError as error:
        misshapen = [problem(one) for one in error.errors() if not follows(one)]
        undeclared = _undeclared(registry, body["workload"], body.get("params")) if "workload" in body else ()
        raise InvalidRequest([*undeclared, *misshapen, *unknown]) from error
    if problems := [*_undeclared(registry, request.workload, request.params), *unknown]:
        # Bounds of the grid are checked in any case, even if parameters are wrong.
        raise InvalidRequest([*problems, *_absurd(_asked(request, id, created, seed))])
    asked = _with_params(_asked(request, id, created, seed), registry, request.params)
    workload = registry[asked.workload]
    if problems := [*_absurd(asked)] or _beyond(asked, request.budget, workload, known):
        raise InvalidRequest(problems)
    return asked


def _asked(request: Shape, id: str, created: Timestamp, seed: int) -> Experiment:
    """Read all but the parameters of the workload."""
    terms = TERMS[request.effort]
    return Experiment(
        id=id,
        created=created,
        workload=str(request.workload),
        params={},
        models=tuple(dict.fromkeys(request.models)),
        concurrency=tuple(sorted(set(request.concurrency))),
        replicas=tuple(sorted(set(request.replicas))),
        repeats=request.repeats or terms.repeats,
        effort=request.effort,
        seed=seed if request.seed is None else request.seed,
        rates=() if request.load is None else tuple(sorted(set(request.load.rate))),
        arrivals=Arrivals.CONSTANT if request.load is None else request.load.arrivals,
        prefetch=request.prefetch,
        # An explicit `repeats` turns adaptive repeats off.
        most_repeats=request.repeats or terms.most_repeats,
        budget=request.budget or terms.budget,
    )


def _with_params(asked: Experiment, registry: Registry, params: dict[str, Any]) -> Experiment:
    """Defaults under what was asked; a number parameter is a float whichever way it was written."""
    workload = registry[asked.workload]
    numbers = {one.name for one in workload.parameters if one.type == "number"}
    values: dict[str, tuple[Value, ...]] = {
        name: tuple(dict.fromkeys(float(one) if name in numbers else one for one in _values(value)))
        for name, value in (workload.defaults | params).items()
    }
    return replace(
        asked,
        params={name: several[0] for name, several in values.items() if len(several) == 1},
        sweep={name: several for name, several in values.items() if len(several) > 1},
    )


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _undeclared(registry: Registry, name: object, params: object) -> Iterable[Problem]:
    """Return the problems of workload and parameters; a `params` that is no object is reported elsewhere."""
    workload = registry.get(name) if isinstance(name, str) else None
    if workload is None:
        yield Problem.unknown("workload", name, registry)
        return
    for key, value in params.items() if isinstance(params, dict) else ():
        yield from _wrong(workload, key, value)


def _wrong(workload: Workload, key: object, value: object) -> Iterable[Problem]:
    declared = {parameter.name: parameter for parameter in workload.parameters}
    if key not in declared:
        allowed = f"{workload.name} has only {', '.join(declared) or 'no parameters'}"
        yield Problem(f"params.{key}", value, allowed, nearest(key, declared))
        return
    values = _values(value)
    if not values or len(values) > MOST_NAMED:
        yield Problem(f"params.{key}", value, f"must name at least one value, and at most {MOST_NAMED}")
        return
    for one in values:
        if found := declared[str(key)].problem(one):
            yield Problem(f"params.{key}", one, found, nearest(one, declared[str(key)].choices))


def _absurd(asked: Experiment) -> Iterable[Problem]:
    most = max(asked.concurrency)
    for model in asked.models:
        limit = model.traits.most_slots
        if limit is not None and most > limit:
            why = f"where every slot is a {model.traits.slot}"
            yield Problem("concurrency", most, f"must be at most {limit} with {model}, {why}")
    grid = size(asked)
    trials = grid * asked.repeats
    if trials > MOST_TRIALS:
        allowed = f"{grid} cells x {asked.repeats} repeats make {trials} trials: must be at most {MOST_TRIALS}"
        yield Problem("repeats", asked.repeats, allowed)


def _beyond(asked: Experiment, budget: Seconds | None, workload: Workload, known: EstimateInputs) -> list[Problem]:
    """Return the limits that it exceeds. A budget that the user named must suffice for the blocks that always run."""
    least = plan(asked, asked.repeats)
    return [*limits.too_large(least, workload, known), *limits.too_long(least, budget, workload, known)]
