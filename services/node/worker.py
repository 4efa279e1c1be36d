"""The process tree of one measured worker."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

import concurrency_lab_inside
from concurrency_lab_inside.app import Wiring
from services.core.errors import TrialFailed
from services.core.experiment import Cell
from services.core.quantities import size
from services.core.task import TaskReference
from services.node import cgroup

#: What runs inside a measured worker: a directory that any Python runs by its path.
BUNDLE = Path(concurrency_lab_inside.__path__[0])
#: Bytes at the end of a worker's log in which its last lines are looked for.
LOG_END = 1 << 14
#: Celery's warning to a worker that runs as root: true, and never the reason for a failure.
ROOT_WARNING = re.compile(
    r"^.*SecurityWarning: You're running the worker.*?(?:_warn_or_raise_security_error|warnings\.warn)\(.*?$",
    re.DOTALL | re.MULTILINE,
)


#: What the kernel adds, of 1000, to a process's share of memory when it looks for one to kill: a measured worker dies
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
        task: TaskReference,
        table: int,
        environ: dict[str, str],
        python: str = sys.executable,
        oom_kills: Callable[[], int] = cgroup.oom_kills,
    ):
        """`python` is an interpreter with Celery. `oom_kills` counts the processes that the kernel has killed for lack
        of memory so far.
        """
        self._killed = False
        self._oom_kills = oom_kills
        self._oom_kills_before = oom_kills()
        self._log = tempfile.TemporaryFile(prefix="lab-worker-")  # noqa: SIM115 - lives as long as this object
        weakref.finalize(self, self._log.close)
        wired = {
            "wiring": wiring._asdict(),
            "table": table,
            "parent": os.getpid(),
            "function": task.function,
            "sources": {"folder": str(BUNDLE.parent), "packages": task.packages},
        }
        self._process = subprocess.Popen(
            [python, str(BUNDLE), cell.model.traits.pool, str(cell.concurrency), name],
            env=environ | {"LAB_MEASURED": json.dumps(wired)},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=(table,),
            start_new_session=True,
        )
        # Here, so that nothing is added inside the worker; it has not forked yet.
        with suppress(OSError):  # it is gone already: `check` reports that
            Path(f"/proc/{self._process.pid}/oom_score_adj").write_text(str(OOM_SCORE_ADJ), encoding="ascii")

    @property
    def pid(self) -> int:
        """Of the main process; also its process group."""
        return self._process.pid

    def check(self) -> None:
        """Raises TrialFailed when the main process is gone."""
        if self._killed:
            raise TrialFailed("the trial was given up")
        code = self._process.poll()
        if code is None:
            return
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
        lacked = self.lacked_memory() if code == -signal.SIGKILL else ""
        raise TrialFailed(f"the measured worker's main process {how}{lacked}{self.last_words()}")

    def lacked_memory(self) -> str:
        """` (out of memory, limit 512 MiB)` if the kernel killed a process for that since the worker started, or ``."""
        if self._oom_kills() == self._oom_kills_before:
            return ""
        limit = cgroup.memory_limit() or psutil.virtual_memory().total
        return f" (out of memory, limit {size(limit)})"

    def kill(self) -> None:
        """End the whole group at once: a warm stop takes seconds and teaches nothing. Safe to call again."""
        before, self._killed = self._killed, True
        if not before:  # Later the number may be another's.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def last_words(self, lines: int = 6) -> str:
        """The last lines of its log, as the end of a sentence; empty when it logged nothing."""
        said = [line for line in ROOT_WARNING.sub("", self._said()).splitlines() if line.strip()]
        return f"; its log ends: {' / '.join(said[-lines:])}" if said else ""

    def _said(self) -> str:
        # Not `seek`: children that still write share the file's position.
        file = self._log.fileno()
        end = os.fstat(file).st_size
        return os.pread(file, LOG_END, max(0, end - LOG_END)).decode(errors="replace")
