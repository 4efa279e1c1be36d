"""The form at the end of a path, and the experiment that it describes."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.datastructures import MultiDict

from dashboard.guide.decisions import Leaf
from dashboard.pages import form_values
from services.core.errors import InvalidRequest, Problem
from workloads.contract import Workload
from workloads.registry import Registry

#: Their workloads test a claim of the guide and represent no user's own work.
_OF_THE_GUIDE: Final = frozenset({"channels", "sharing"})


def offered(registry: Registry, chosen: str) -> tuple[Workload, ...]:
    """Workloads that a reader may recognise as like their own, and the chosen one in any case."""
    return tuple(one for one in registry.values() if one.family not in _OF_THE_GUIDE or one.name == chosen)


def read(fields: MultiDict[str, str], leaf: Leaf, registry: Registry) -> form_values.FormValues:
    """Return the form, at first with values that suit the leaf. Models and concurrency are the leaf's own."""
    check = leaf.check
    whole = MultiDict(fields)
    if "workload" not in whole:
        whole["workload"] = check.workload
        for name, value in check.params.items():
            whole.setdefault(form_values.PARAM + name, str(value))
    kept = [(key, value) for key, value in whole.items() if key == "workload" or key.startswith(form_values.PARAM)]
    models = [("models", str(model)) for model in check.models]
    concurrency = ("concurrency", ", ".join(map(str, check.concurrency)))
    return form_values.read(MultiDict([*kept, *models, concurrency]), registry, submitted=True)


def body(filled: form_values.FormValues, registry: Registry) -> dict[str, Any]:
    """Return the request as REST takes it. Raises InvalidRequest for several values of one parameter.

    They would make cells of each, and the smallest value would win over every model.
    """
    wanted = form_values.body(filled, registry)
    several = [name for name, text in filled.params.items() if "," in text]
    if several:
        allowed = "must be one value here: of several, the smallest would win"
        raise InvalidRequest([Problem(form_values.PARAM + name, filled.params[name], allowed) for name in several])
    return wanted
