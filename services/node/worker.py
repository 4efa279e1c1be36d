"""The process tree of one measured worker."""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from concurrency_lab_inside.app import Wiring
from services.core.errors import TrialFailed
from services.core.experiment import Cell
from services.core.quantities import size
from services.node import cgroup
from services.node.worker_launch import Launch
from services.own.surroundings import BUNDLE
from services.process.group import ProcessGroup
from services.process.log import tail

#: Celery's warning to a worker that runs as root: true, and never the reason for a failure.
ROOT_WARNING = re.compile(
    r"^.*SecurityWarning: You're running the worker.*?(?:_warn_or_raise_security_error|warnings\.warn)\(.*?$",
    re.DOTALL | re.MULTILINE,
)


#: The kernel adds this, of 1000, to a process's share of memory when it selects one to kill: a measured worker dies
#: before the lab does. Its children inherit it.
OOM_SCORE_ADJ = 800


class MeasuredWorker:
    """A `celery worker` in a process group of its own; it dies with this process, however that dies."""

    def __init__(
        self,
        cell: Cell,
        wiring: Wiring,
        *,
        name: str,
        launch: Launch,
        table: int,
        oom_kills: Callable[[], int] = cgroup.oom_kills,
        shows_log: Callable[[], bool] = lambda: True,
    ):
        """`oom_kills` counts the processes that the kernel has killed for lack of memory so far.

        `shows_log` returns whether messages may quote the worker's log.
        """
        self._shows_log = shows_log
        self._killed = False
        self._oom_kills = oom_kills
        self._oom_kills_before = oom_kills()
        self._log = tempfile.TemporaryFile(prefix="lab-worker-")  # noqa: SIM115 - lives as long as this object
        weakref.finalize(self, self._log.close)
        wired = {
            "wiring": wiring._asdict(),
            "table": table,
            "parent": os.getpid(),
            **launch.code,
        }
        self._group = ProcessGroup(
            "the measured worker",
            [launch.python, str(BUNDLE), cell.model.traits.pool, str(cell.concurrency), name],
            environ={**launch.environ, "LAB_MEASURED": json.dumps(wired)},
            folder=launch.folder,
            stdout=self._log,
            stderr=self._log,
            inherits=(table,),
            orphaned=None,  # it asks for that itself, without a second program
        )
        # Here, so that nothing is added inside the worker; it has not forked yet.
        with suppress(OSError):  # it is gone already: `check` reports that
            Path(f"/proc/{self._group.pid}/oom_score_adj").write_text(str(OOM_SCORE_ADJ), encoding="ascii")

    @property
    def pid(self) -> int:
        """Id of the main process; also of its process group."""
        return self._group.pid

    def check(self) -> None:
        """Raise TrialFailed when the main process is gone."""
        if self._killed:
            raise TrialFailed("the trial was given up")
        how = self._group.ending()
        if how is None:
            return
        lacked = self.lacked_memory() if self._group.code() == -signal.SIGKILL else ""
        raise TrialFailed(f"the measured worker's main process {how}{lacked}{self.last_words()}")

    def lacked_memory(self) -> str:
        """Return ` (out of memory, limit 512 MiB)` if the kernel killed a process for that since the start, or ``."""
        if self._oom_kills() == self._oom_kills_before:
            return ""
        limit = cgroup.memory_limit() or psutil.virtual_memory().total
        return f" (out of memory, limit {size(limit)})"

    def kill(self) -> None:
        """End the whole group at once: a warm stop takes seconds and teaches nothing. Safe to call again."""
        self._killed = True
        self._group.kill()

    def last_words(self, lines: int = 6) -> str:
        """Return the last lines of its log, as the end of a sentence; empty when it has none to show."""
        if not self._shows_log():
            return ""
        said = [line for line in ROOT_WARNING.sub("", self._said()).splitlines() if line.strip()]
        return f"; its log ends: {' / '.join(said[-lines:])}" if said else ""

    def _said(self) -> str:
        return tail(self._log.fileno())
