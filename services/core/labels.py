"""Names of models, cells and parameters as text, for every room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from services.core.quantities import size
from services.core.units import Bytes, Rate, Value, exact

#: Units that make the name of a parameter unnecessary beside its value.
_MEASURES: Final = frozenset({"B", "KiB", "MiB", "ms", "s"})
_BYTES: Final = "bytes"
_SCALES: Final = ((2**20, "MiB"), (2**10, "KiB"))


class Named(Protocol):
    """Fields that a cell and a group of cells have in common."""

    @property
    def model(self) -> str: ...

    #: None where concurrency is what differs.
    @property
    def concurrency(self) -> int | None: ...

    @property
    def replicas(self) -> int: ...


def bare(one: Named) -> str:
    """Return the name of a cell or a group within its variant: `threads@4`, `threads@4x2`, `threads`."""
    return label(one.model, concurrency=one.concurrency, replicas=one.replicas)


def label(
    model: str,
    *,
    concurrency: int | None = None,
    replicas: int = 1,
    variant: Mapping[str, Value] | None = None,
    rate: Rate | None = None,
) -> str:
    """Return the name of a cell or of a group of cells: `threads@4`, `threads@4x2 limit=2000 at 50/s`, `threads x2`.

    A group leaves out what differs in it. Different cells have different names: values have all their digits.
    """
    slots = "" if concurrency is None else f"@{concurrency}"
    nodes = "" if replicas == 1 else f"x{replicas}" if slots else f" x{replicas}"
    values = "".join(f" {assignment(name, value)}" for name, value in (variant or {}).items())
    return f"{model}{slots}{nodes}{values}{'' if rate is None else f' at {planned_rate(rate)}'}"


def assignment(name: str, value: Value) -> str:
    """Return a parameter as it is typed: `limit=2000`."""
    return f"{name}={exact(value)}"


def planned_rate(per_second: Rate) -> str:
    """Return a planned rate with all its digits: `50/s`."""
    return f"{exact(per_second)}/s"


def call(workload: str, params: Mapping[str, Value]) -> str:
    """Return a workload with its parameters: `primes(limit=20000)`."""
    return f"{workload}({', '.join(assignment(name, value) for name, value in params.items())})"


def heading(parameter: str) -> str:
    """Return the name of a parameter as a heading: `message bytes`."""
    return parameter.replace("_", " ")


def variant_label(variant: Mapping[str, Value], units: Mapping[str, str]) -> str:
    """Return a variant's values with their units: `1 MiB`, `50 ms`, `limit 2,000`, `kind pipe, 0 B`."""
    return ", ".join(_with_unit(name, value, units.get(name, "")) for name, value in variant.items())


def _with_unit(name: str, value: Value, unit: str) -> str:
    if unit == _BYTES and isinstance(value, int):
        return _exact_size(value)
    shown = f"{value:,}" if isinstance(value, int) else exact(value)
    return f"{shown} {unit}" if unit in _MEASURES else f"{name} {shown}"


def _exact_size(count: Bytes) -> str:
    """Return a declared size: `1 MiB`; `1.50 KiB` where it is not a whole number of its unit."""
    whole = next((each for each in _SCALES if count >= each[0] and count % each[0] == 0), None)
    return size(count) if whole is None else f"{count // whole[0]} {whole[1]}"


def listed(names: Sequence[str], *, last: str = "and", most: int = 6) -> str:
    """Return `a`, `a and b`, `a, b and c`, or the first names and how many more there are."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}" if len(shown) > 1 else "".join(shown)
