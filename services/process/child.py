"""A long-lived child process: in a session of its own, its output in a file, never an orphan."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.core.errors import CannotStart
from services.process.tether import tethered


class Child:
    """A command that can be started, watched, ended and started again.

    It gets `orphaned` from the kernel when this process dies. Its session keeps the terminal's Ctrl-C away from it:
    whoever started it decides when it ends.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environ: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        inherits: tuple[int, ...] = (),
        orphaned: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.name = name
        self._command = tuple(command)
        self._log = log
        self._environ = environ
        self._stdin = stdin
        self._inherits = inherits
        self._orphaned = orphaned
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Also its session and process group; None before the first start."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it; the first start empties its log, later ones append. Raises CannotStart.

        That the command itself cannot be run shows as its ending.
        """
        mode = "wb" if self._process is None else "ab"
        try:
            with self._log.open(mode) as log:
                self._process = subprocess.Popen(
                    tethered(self._command, self._orphaned),
                    env=self._environ,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    pass_fds=self._inherits,
                    start_new_session=True,
                )
        except OSError as error:
            raise CannotStart(f"{self.name} cannot be started: {error}") from error
        assert self._process.stdin is not None
        try:
            with self._process.stdin as stdin:
                stdin.write(self._stdin)
        except BrokenPipeError:
            pass  # it ended already: `ending` tells

    def ending(self) -> str | None:
        """How it ended, like `exited with 1`; None while it runs. What it left in its group is ended with it."""
        process = self._process
        if process is None:
            return "was not started"
        if process.returncode is None:
            # Not reaped yet, its number still names its group and nobody else's.
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                return None
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process is not None and self.ending() is None:
            self._process.terminate()

    def kill(self) -> None:
        """End it and its group now."""
        if self._process is not None and self.ending() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        try:
            said = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            return f"(no log: {error})"
        return "\n".join(said[-lines:])
