"""A long-lived child process that can be started again, with its output in a log file."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from services.core.errors import CannotStart
from services.process.group import ProcessGroup
from services.process.log import tail


class Child:
    """A command that can be started, watched, ended and started again, each time as a new `ProcessGroup`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environ: Mapping[str, str] | None = None,
        stdin: str = "",
        inherits: tuple[int, ...] = (),
        orphaned: signal.Signals = signal.SIGKILL,
    ) -> None:
        """`stdin` is its whole input; `inherits` and `orphaned` are as in `ProcessGroup`."""
        self.name = name
        self._command = tuple(command)
        self._log = log
        self._environ = environ
        self._stdin = stdin
        self._inherits = inherits
        self._orphaned = orphaned
        self._group: ProcessGroup | None = None

    @property
    def pid(self) -> int | None:
        """Also its session and process group; None before the first start."""
        return None if self._group is None else self._group.pid

    def start(self) -> None:
        """Start it; the first start empties its log, later ones append. Raises CannotStart.

        A command that cannot run shows as its `ending`.
        """
        mode = "wb" if self._group is None else "ab"
        try:
            with self._log.open(mode) as log:
                self._group = ProcessGroup(
                    self.name,
                    self._command,
                    environ=self._environ,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    inherits=self._inherits,
                    orphaned=self._orphaned,
                )
        except OSError as error:
            raise CannotStart(f"{self.name} cannot be started: {error}") from error
        with suppress(CannotStart):  # it has ended already: `ending` reports it
            self._group.send(self._stdin)
        self._group.close_stdin()

    def ending(self) -> str | None:
        """Return how it ended, like `exited with 1`; None while it runs. The rest of its group is ended with it."""
        return "was not started" if self._group is None else self._group.ending()

    def terminate(self) -> None:
        """Ask it to end."""
        if self._group is not None:
            self._group.terminate()

    def kill(self) -> None:
        """End it and its group now."""
        if self._group is not None:
            self._group.kill()

    def last_words(self, lines: int = 12) -> str:
        """Return the last lines of its log."""
        try:
            with self._log.open("rb") as log:
                found = tail(log.fileno()).splitlines()
        except OSError as error:
            return f"(no log: {error})"
        return "\n".join(found[-lines:])
