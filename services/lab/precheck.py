"""Checks that need no store, so that a mistake is reported before a lab is started for it."""

from __future__ import annotations

from collections.abc import Iterable

from services.analysis.claims.catalogue import JUDGES
from services.core.errors import NotFound
from services.core.experiment import Plan
from services.core.suggestions import did_you_mean
from services.core.task_reference import Registration
from services.own.all_workloads import as_workload
from services.planning import grid, request
from workloads.registry import discover


def plan(body: object, own: Registration | None = None) -> Plan:
    """Return the trials that `body` asks for, of a workload or of `own`. Raises MalformedRequest, InvalidRequest."""
    registry = discover() if own is None else {own.name: as_workload(own)}
    asked = request.experiment(body, registry, id="", created=0.0, seed=0)
    # Own calls are agreed to before the run, with every repeat that may be added.
    return grid.plan(asked, asked.repeats if own is None else asked.most_repeats)


def claims(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of these claims, or of all when there are none. Raises NotFound."""
    known, wanted = tuple(JUDGES), tuple(names)
    for name in wanted:
        if name not in known:
            raise NotFound(f"there is no claim {name!r}; the claims are {', '.join(known)}{did_you_mean(name, known)}")
    return wanted or known
