"""Between the fields of the form, which are text, and the body of a request, which is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from services.core.errors import InvalidRequest, LabError, Problem
from services.core.experiment import Arrivals, Effort, Experiment
from services.core.models import Model
from services.core.units import Value, exact
from services.planning.typed_values import value
from workloads.contract import Workload
from workloads.registry import Registry

#: Prefix of the field of a parameter; problems name their field in the same way.
PARAM = "params."
#: The workload that a newcomer is offered: it shows the GIL best.
FIRST = "primes"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormValues:
    """The form as it was filled in, and as it is shown again."""

    workload: str
    #: Text of every parameter of the workload.
    params: Mapping[str, str]
    models: tuple[str, ...]
    concurrency: str
    replicas: str
    repeats: str
    effort: str
    seed: str
    #: Planned rates; empty = a full queue.
    load: str
    arrivals: str
    prefetch: str
    budget: str


def read(fields: MultiDict[str, str], registry: Registry, *, submitted: bool) -> FormValues:
    """Return the form as filled in. A missing field has its default; no model means every model until submitted."""
    name = fields.get("workload", FIRST if FIRST in registry else next(iter(registry)))
    workload = registry.get(name)
    models = fields.getlist("models")
    return FormValues(
        workload=name,
        params={} if workload is None else _params(workload, fields),
        models=tuple(models if models or submitted else Model),
        concurrency=fields.get("concurrency", "1, 2"),
        replicas=fields.get("replicas", "1"),
        repeats=fields.get("repeats", ""),
        effort=fields.get("effort", Effort.QUICK),
        seed=fields.get("seed", ""),
        load=fields.get("load", ""),
        arrivals=fields.get("arrivals", Arrivals.CONSTANT),
        prefetch=fields.get("prefetch", ""),
        budget=fields.get("budget", ""),
    )


def body(asked: FormValues, registry: Registry) -> dict[str, object]:
    """Return the request as REST takes it. Text that is no number stays text: planning reports the problem."""
    workload = registry.get(asked.workload)
    texts = {one.name for one in workload.parameters if one.type == "text"} if workload else set()
    wanted: dict[str, object] = {
        "workload": asked.workload,
        "params": {name: _one_or_several(text, name in texts) for name, text in asked.params.items()},
        "models": list(asked.models),
        "concurrency": [value(text) for text in _listed(asked.concurrency)],
        "replicas": [value(text) for text in _listed(asked.replicas)],
        "effort": asked.effort,
    }
    if asked.load.strip():
        wanted["load"] = {"rate": [value(text) for text in _listed(asked.load)], "arrivals": asked.arrivals}
    numbers = {"repeats": asked.repeats, "seed": asked.seed, "prefetch": asked.prefetch, "budget": asked.budget}
    return wanted | {name: value(text) for name, text in numbers.items() if text.strip()}


def again(experiment: Experiment) -> dict[str, object]:
    """Fields of the form that asks for the same experiment once more, with a new seed."""
    return {
        "workload": experiment.workload,
        **{PARAM + name: value for name, value in experiment.params.items()},
        **{PARAM + name: ", ".join(map(str, values)) for name, values in experiment.sweep.items()},
        "models": list(experiment.models),
        "concurrency": ", ".join(map(str, experiment.concurrency)),
        "replicas": ", ".join(map(str, experiment.replicas)),
        # An explicit `repeats` turns adaptive repeats off, so an experiment that could grow is requested without.
        "repeats": experiment.repeats if experiment.most_repeats <= experiment.repeats else "",
        "effort": experiment.effort,
        "load": ", ".join(map(exact, experiment.rates)),
        "arrivals": experiment.arrivals,
        "prefetch": "" if experiment.prefetch is None else experiment.prefetch,
        "budget": "" if experiment.budget is None else exact(experiment.budget),
    }


def by_field(error: LabError | None) -> dict[str, list[Problem]]:
    """Return the problems of a request by the field of the form that shows them: all concurrencies share one field."""
    found: dict[str, list[Problem]] = {}
    for problem in error.problems if isinstance(error, InvalidRequest) else ():
        field = problem.field if problem.field.startswith(PARAM) else problem.field.partition(".")[0]
        found.setdefault(field, []).append(problem)
    return found


def _params(workload: Workload, fields: MultiDict[str, str]) -> dict[str, str]:
    return {one.name: fields.get(PARAM + one.name, str(one.default)) for one in workload.parameters}


def _listed(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _one_or_several(text: str, is_text: bool) -> Value | list[Value]:
    """Return a list where there are commas: one cell for each."""
    values = [part if is_text else value(part) for part in map(str.strip, text.split(","))]
    return values if len(values) > 1 else values[0]
