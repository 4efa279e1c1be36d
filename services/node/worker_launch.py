"""How a measured worker is started: interpreter, folder, environment, and what it finds its task by."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.core.task_reference import Registration, TaskReference
from services.own.surroundings import BUNDLE, their_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """The process of a measured worker."""

    python: str
    #: Where it starts; None: where the node is.
    folder: str | None
    environ: Mapping[str, str]
    #: Part of its wiring: where its task is.
    code: Mapping[str, Any]

    @classmethod
    def of_workload(cls, task: TaskReference, environ: Mapping[str, str], *, python: str = sys.executable) -> Launch:
        """Return the launch of a workload's worker in the lab's own interpreter."""
        sources = {"folder": str(BUNDLE.parent), "packages": task.packages}
        return cls(python=python, folder=None, environ=environ, code={"function": task.function, "sources": sources})

    @classmethod
    def of_own(
        cls, task: Registration, environ: Mapping[str, str], added: Mapping[str, str], *, address: str
    ) -> Launch:
        """Return the launch of a user's worker in the user's interpreter.

        Its environment is `environ` without what belongs to the lab and its interpreter, and `added`. `address` is
        the trial's own server.
        """
        return cls(
            python=task.python,
            folder=task.folder,
            environ={**their_environment(environ, python=task.python, address=address, more=task.environ), **added},
            code={"own": {"app": task.app, "folder": task.folder, "name": task.task}},
        )
