"""A task reference, as data: resolved in planning, carried to the nodes, which import no task code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workloads.contract import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCall:
    """The arguments of one task: everything in them can be written as JSON."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReference:
    """One identity for what is run: where the worker finds it, how it is called, and what it needs beside it."""

    #: `module:function` of a workload or of a plain function; only the measured worker imports it.
    function: str
    #: Packages beside the bundle that the function needs: the worker can import them, and nothing else of the lab.
    packages: tuple[str, ...] = ()
    #: The tasks of a trial take them in turn. At least one.
    calls: tuple[TaskCall, ...]
    #: Processes and addresses that a node provides for the length of a trial.
    companions: tuple[Service, ...] = ()

    def call(self, row: int) -> TaskCall:
        """Return the call of the task with this row."""
        return self.calls[row % len(self.calls)]
