"""Whether enough nodes are there for an experiment."""

from __future__ import annotations

from collections.abc import Sequence

from services.core.errors import InvalidRequest, Problem
from services.core.experiment import Experiment


def check_replicas(asked: Experiment, present: Sequence[str]) -> None:
    """Raise InvalidRequest if fewer nodes are present than a trial needs, but at least one; nodes are given by name."""
    most = max(asked.replicas)
    if present and most > len(present):
        there = "1 node is there" if len(present) == 1 else f"{len(present)} nodes are there"
        allowed = f"must be at most {len(present)}: {there} ({', '.join(present)})"
        raise InvalidRequest([Problem("replicas", most, allowed)])
