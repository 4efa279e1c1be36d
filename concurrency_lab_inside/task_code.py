"""Finding what a measured worker runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from inspect import isfunction
from typing import Any, NamedTuple


class Bodies(NamedTuple):
    """The functions that a measured worker runs."""

    work: Callable[..., object]
    #: Returns a result of the same kind without the work: the cost of carrying it is left.
    empty: Callable[..., object]
    #: Whether a whole number that a task returns is kept in the span table.
    keeps_number: bool


class Sources:
    """Finds some top-level packages in a folder, and nothing else that is in it."""

    def __init__(self, folder: str, packages: list[str]) -> None:
        self._folder = folder
        self._packages = frozenset(packages)

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> ModuleSpec | None:
        """Return where the package is. Its modules are found by its own path."""
        return PathFinder.find_spec(name, [self._folder]) if name in self._packages else None


def only(folder: str, packages: list[str]) -> None:
    """Make `packages` of `folder` importable where the interpreter itself finds none of that name."""
    sys.meta_path.append(Sources(folder, packages))


def load(function: str) -> Bodies:
    """Return the bodies of the workload or the plain function at `module:function`; only its own file is imported."""
    module, _, name = function.partition(":")
    declared = getattr(importlib.import_module(module), name)
    if isfunction(declared):
        return Bodies(work=declared, empty=_nothing, keeps_number=False)
    return Bodies(work=declared.function, empty=declared.empty, keeps_number=bool(declared.returns))


def _nothing(*_: object, **__: object) -> None:
    """Do nothing: an empty body."""
