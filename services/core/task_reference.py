"""A task reference, as data: resolved in planning, carried to the nodes, which import no task code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.core.models import NO_LIMIT, Model, stalls_threads
from services.core.units import Seconds
from workloads.contract import Service

#: Ending of a file with a plain function, instead of an application.
FILE: Final = ".py"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTask:
    """A task of a user's own application. A node resolves the name among its registrations only."""

    registered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A task of a user's own application, where it was registered: on the machine that runs it, and nowhere else."""

    #: Name in experiments: `shop.celery:shop.tasks.resize`.
    name: str
    #: The application as after `celery -A`, or a file with a plain function; the folder from which it is imported, and
    #: its interpreter.
    app: str
    folder: str
    python: str
    #: Name of the task in the application.
    task: str
    #: Arguments, taken in turn. They may hold secrets: they are in no experiment, report or log.
    calls: tuple[TaskCall, ...]
    #: Variables of its worker besides the node's environment. They may hold passwords.
    environ: Mapping[str, str] = field(default_factory=dict)
    #: Length of one call when it was tried; 0: not tried.
    seconds: Seconds = 0.0
    #: Version of kombu in its interpreter; empty: not known.
    kombu: str = ""
    #: Time limits that the task declares; None: it declares none.
    soft_time_limit: Seconds | None = None
    time_limit: Seconds | None = None
    #: Calls of one trial to which the user agreed, its warm-up and calibration included. At least one per slot.
    most_per_trial: int = 1

    @property
    def application(self) -> str:
        """The Celery application; empty for a plain function in a file."""
        return "" if self.app.endswith(FILE) else self.app

    def call(self, row: int) -> TaskCall:
        """Return the call of the task with this row."""
        return self.calls[row % len(self.calls)]

    def prefetch(self, model: Model, wanted: int | None) -> int | None:
        """Return the prefetch multiplier of its workers; None: the application's own.

        `wanted` is what the request names. Without it, models whose workers stop for seconds when their prefetch
        window is full have no limit.
        """
        if wanted is not None:
            return wanted
        if model is Model.THREADS and stalls_threads(self.kombu):
            return NO_LIMIT
        return model.traits.prefetch if model.traits.settings_reason else None
