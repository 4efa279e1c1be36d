"""Workloads and their parameters as text and as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from workloads.contract import Parameter, Workload

_GIL: Final[Mapping[str, str]] = {
    "held": "Holds the GIL.",
    "released": "Releases the GIL inside C code.",
    "waits": "Waits without the GIL.",
    "mixed": "Holds the GIL part of the time.",
}


def gil(workload: Workload) -> str:
    """Return what a workload does with the GIL, in a sentence."""
    return _GIL[workload.gil]


def bounds(parameter: Parameter) -> str:
    """Return the allowed values as they are typed: `2 to 3000000 numbers`, `fast, slow`."""
    if parameter.choices:
        return ", ".join(parameter.choices)
    return f"{parameter.low} to {parameter.high}{f' {parameter.unit}' if parameter.unit else ''}"


def help_text(parameter: Parameter) -> str:
    """Return the help of a parameter with its bounds: `Primes below this number, 2 to 3,000,000`."""
    limits = "" if parameter.choices else f"{parameter.low:,} to {parameter.high:,}"
    return ", ".join(filter(None, (parameter.help, limits)))


def as_data(workload: Workload) -> dict[str, Any]:
    """Return a workload as JSON has it."""
    return {
        "name": workload.name,
        "family": workload.family,
        "description": workload.description,
        "gil": workload.gil,
        "parameters": [asdict(parameter) for parameter in workload.parameters],
    }
