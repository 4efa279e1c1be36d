"""Bounds that a request sets to the cells among which the answer picks."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from services.core.advice import Objectives
from services.core.errors import InvalidRequest, Problem


def objectives(fields: Mapping[str, str]) -> Objectives:
    """Return what `max_memory`, in bytes, and `p99`, in seconds, ask for. Raises InvalidRequest with every problem."""
    problems: list[Problem] = []
    memory, p99 = _positive(fields, "max_memory", "bytes", problems), _positive(fields, "p99", "seconds", problems)
    if problems:
        raise InvalidRequest(problems)
    return Objectives(max_memory=None if memory is None else round(memory), p99=p99)


def _positive(fields: Mapping[str, str], name: str, unit: str, problems: list[Problem]) -> float | None:
    """Return a number above 0; None where it is not given or is a problem, which is added."""
    if name not in fields:
        return None
    try:
        value = float(fields[name])
    except ValueError:
        value = 0.0
    if isfinite(value) and value > 0:
        return value
    problems.append(Problem(name, fields[name], f"must be a number of {unit} above 0"))
    return None
