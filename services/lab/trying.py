"""What a request would do, known without a store: so that a mistake is told before a lab is brought up for it."""

from __future__ import annotations

from services.core.experiment import Plan
from services.planning import grid, request
from workloads.registry import discover


def plan(body: object) -> Plan:
    """The trials that `body` asks for. Raises MalformedRequest, InvalidRequest."""
    asked = request.experiment(body, discover(), id="", created=0.0, seed=0)
    return grid.plan(asked, asked.repeats)
