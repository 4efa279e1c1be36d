"""Finds every workload in this package: adding a file is all it takes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import workloads
from workloads.contract import Workload

Registry = Mapping[str, Workload]


def discover() -> Registry:
    """Return all workloads by name, in order of family and name.

    Raises ValueError when two files declare the same name.
    """
    found: dict[str, Workload] = {}
    for one in _declared():
        if one.name in found:
            raise ValueError(f"workload {one.name} is declared in {found[one.name].location} and {one.location}")
        found[one.name] = one
    ordered = sorted(found.values(), key=lambda one: (one.family, one.name))
    return MappingProxyType({one.name: one for one in ordered})


def load(location: str) -> Workload:
    """Return the workload at `module:function`, importing nothing but its own file."""
    module, _, name = location.partition(":")
    found = getattr(importlib.import_module(module), name)
    if not isinstance(found, Workload):
        raise TypeError(f"{location} is not a workload")
    return found


def _declared() -> Iterator[Workload]:
    for info in pkgutil.walk_packages(workloads.__path__, prefix="workloads."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, Workload) and value.location == f"{module.__name__}:{name}":
                yield value
