"""A running command in a process group of its own, which ends with the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

from services.core.errors import CannotStart
from services.process.tether import tethered


class ProcessGroup:
    """Start a command; end it together with every process of its group.

    The group keeps the terminal's Ctrl-C away from it. Safe to use from several threads, but the thread that starts
    it must stay: Linux counts the end of that thread as the death of the parent.
    """

    def __init__(  # noqa: PLR0913 - as of Popen, all by name
        self,
        name: str,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] | None = None,
        inherits: tuple[int, ...] = (),
        folder: str | None = None,
        orphaned: signal.Signals | None = signal.SIGKILL,
        own_session: bool = True,
    ) -> None:
        """Start it. Raises CannotStart when no process can be made; a command that cannot run shows as its `ending`.

        `orphaned` is the signal that the kernel sends it when this process dies; None: the command asks for that
        itself (`die_with_parent`). `inherits` are open files that it gets. `stderr` is this process's, if not
        given. It starts in `folder`, or where this process is.
        Without `own_session` it stays in the session of this process: on a busy machine the kernel gives every session
        the same share of the cores (autogroup, sched(7)), so processes that are compared must share one.
        """
        self.name = name
        self._lock = threading.Lock()
        try:
            self._process = subprocess.Popen(
                list(command) if orphaned is None else tethered(command, orphaned),
                env=environ,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                pass_fds=inherits,
                cwd=folder,
                start_new_session=own_session,
                process_group=None if own_session else 0,
                text=True,
            )
        except OSError as error:
            raise CannotStart(f"{name} cannot be started: {error}") from error

    @property
    def pid(self) -> int:
        """Id of the main process; also of its process group and, if it has its own, its session."""
        return self._process.pid

    def code(self) -> int | None:
        """Return its exit code (minus the signal that killed it); None while the main process runs.

        Processes that it left in its group are killed first: until it is reaped, the group's number cannot be reused.
        """
        with self._lock:
            if self._process.returncode is None:
                if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                    return None
                os.killpg(self.pid, signal.SIGKILL)
            return self._process.wait()

    def ending(self) -> str | None:
        """Return how it ended, like `exited with 1`; None while the main process runs."""
        code = self.code()
        if code is None:
            return None
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"

    def terminate(self) -> None:
        """Ask the main process to end."""
        with self._lock:
            if self._process.returncode is None:
                os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group now. Safe to call again."""
        with self._lock:
            if self._process.returncode is None:
                os.killpg(self.pid, signal.SIGKILL)
                self._process.wait()

    def close(self) -> None:
        """Kill the group and close the pipes to it."""
        self.kill()
        self.close_stdin()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def send(self, text: str) -> None:
        """Write to its stdin, a pipe. Raises CannotStart when it has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(text)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended_early() from error

    def close_stdin(self) -> None:
        """End its input; text that it has not read is lost if it has ended."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def read_line(self) -> str:
        """Wait for the next line on its stdout, a pipe, and return it. Raises CannotStart when it ends instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._ended_early()
        return line

    def _ended_early(self) -> CannotStart:
        """Wait for the end of the main process and describe it."""
        # Without the lock, so that another thread can kill it meanwhile, and then has reaped it.
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        return CannotStart(f"{self.name} ended early: it {self.ending()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
