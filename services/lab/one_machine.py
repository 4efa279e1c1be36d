"""The whole lab on one machine: ledger, broker under test, conductor, one node and, if wanted, the dashboard."""

from __future__ import annotations

import http.client
import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import platformdirs

from services.broker.contract import Broker
from services.core.errors import CannotStart, Conflict, StoreUnreachable
from services.core.settings import Settings
from services.core.units import Seconds
from services.lab import running_lab
from services.lab.door import Lab
from services.lab.running_lab import RunningLab
from services.lab.store_watch import StoreWatch
from services.process.supervisor import Supervisor
from services.store import keys
from services.store.connection import connect, reaching
from services.store.durable import DurableServer
from services.store.folder import Folder
from services.store.nodes import Nodes
from services.store.server import EmbeddedServer

#: A loaded machine needs some of it to import SciPy and Plotly.
STARTING: Seconds = 60.0


def data_folder() -> Path:
    """Return the folder where this user's lab keeps its results: `$XDG_DATA_HOME/concurrency-lab`."""
    return Path(platformdirs.user_data_dir("concurrency-lab"))


def own_folder() -> Path:
    """Return the folder of the tasks that this user registered on this machine."""
    return data_folder() / "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The ledger and the broker under test of a lab on one machine."""

    #: Servers of this lab's own; None: the user's own is used.
    ledger: DurableServer | None
    broker: EmbeddedServer | None
    #: Their addresses, with passwords.
    redis_url: str
    broker_url: str
    under_test: Broker


class Local:
    """A lab of our own, for as long as the `with` block lasts.

    Entering it returns when every part answers; it raises CannotStart, Conflict when one runs already, and
    StoreUnreachable or BrokerUnreachable when a server that its user named does not answer. Nothing is left running
    then, nor after the block, nor when this process is killed.
    """

    def __init__(
        self,
        path: Path,
        settings: Settings,
        *,
        lab: Lab,
        servers: Servers,
        supervisor: Supervisor,
        watch: StoreWatch,
        dashboard: bool,
        say: Callable[[str], None],
    ) -> None:
        """`supervisor` has the servers of this lab's own and, after them, its processes."""
        self._folder = Folder(path)
        self._logs = path / "logs"
        self._settings = settings
        self._servers = servers
        self._supervisor = supervisor
        self._watch = watch
        self._say = say
        self._began = time.time()
        self._stack = ExitStack()
        self.lab = lab
        self.redis_url = servers.redis_url
        self.broker_url = servers.broker_url
        self.dashboard = url(settings.bind) if dashboard else None

    def __enter__(self) -> Local:
        with ExitStack() as stack:
            self._open_folder()
            stack.callback(self._folder.close)
            if self.dashboard:
                _check_free(self._settings.bind)
            if self._settings.redis_url:
                self._check_store()
            if self._servers.ledger:
                stack.callback(self._servers.ledger.stop)
                self._servers.ledger.start()
                self._forget_the_dead()
            if self._servers.broker:
                stack.callback(self._servers.broker.stop)
                self._servers.broker.start()
            self._check_broker()
            stack.callback(self._supervisor.stop)
            self._supervisor.start()
            self._await_answers()
            stack.callback(self._watch.stop)
            self._watch.start()
            for damage in self.lab.health().damages:
                self._say(f"The store's files were damaged. {damage.words}")
            stack.callback(running_lab.withdraw, self._folder.path)
            running_lab.publish(
                self._folder.path,
                RunningLab(
                    pid=os.getpid(), redis_url=self.redis_url, broker_url=self.broker_url, dashboard=self.dashboard
                ),
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def tick(self) -> None:
        """Start again what has died. To be called several times a second, by the thread that entered."""
        self._supervisor.tick()
        self._watch.tick()

    def _open_folder(self) -> None:
        path = self._folder.path
        if other := running_lab.find(path):
            raise Conflict(
                f"Concurrency Lab is running already (process {other.pid}): open {other.dashboard}"
                if other.dashboard
                else f"`lab run` (process {other.pid}) has the lab open until it ends: wait for it"
            )
        self._folder.open()
        if mode := self._folder.was_open:
            self._say(f"The data folder {path} was open to other users (mode {mode:o}); it is closed to them now (700)")
        try:
            self._logs.mkdir(exist_ok=True)
        except OSError as error:
            self._folder.close()
            raise CannotStart(f"the data folder {path} cannot be used: {error.strerror}") from error

    def _forget_the_dead(self) -> None:
        """Remove a killed conductor and node from the ledger, which would count them as present for some seconds more.

        This process holds the folder's lock, so they are dead, and no other knows the new server's password.
        """
        with connect(self.redis_url) as client:
            with reaching():
                client.delete(keys.CONDUCTOR)
            nodes = Nodes(client)
            for node in nodes.present():
                nodes.leave(node.name)

    def _check_store(self) -> None:
        health = self.lab.health()
        if not health.store:
            raise StoreUnreachable(health.reason)

    def _check_broker(self) -> None:
        """Check that the broker answers. Raises BrokerUnreachable."""
        self._servers.under_test.version()
        if self._settings.redis_url and not self._settings.broker_url:
            self._say(
                "The broker under test is the ledger's own server (LAB_REDIS_URL), so the lab's own writes are in the "
                "figures: set LAB_BROKER_URL to measure on another one"
            )

    def _await_answers(self) -> None:
        deadline = time.monotonic() + STARTING
        while silent := self._silent():
            self._supervisor.check()
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"after {STARTING:g} s the lab's {' and '.join(silent)} did not answer: see {self._logs}"
                )
            time.sleep(0.05)

    def _silent(self) -> list[str]:
        health = self.lab.health()
        if not health.store:
            return ["store"]
        # An earlier node may still be listed; ours has announced itself since the start.
        ours = any(node.name == self._settings.node and node.seen >= self._began for node in self.lab.nodes())
        silent = [] if health.conductor else ["conductor"]
        silent += [] if ours else ["node"]
        return silent + ([] if self.dashboard is None or _answers(self.dashboard) else ["dashboard"])


def url(bind: str) -> str:
    """Return the address for a browser on this machine of a dashboard that listens on `bind`."""
    host, _, port = bind.rpartition(":")
    return f"http://{ {'0.0.0.0': '127.0.0.1', '[::]': '[::1]'}.get(host, host) }:{port}"


def _check_free(bind: str) -> None:
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            # As the dashboard does: closing connections of an earlier dashboard do no harm.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, int(port)))
    except OSError as error:
        raise CannotStart(
            f"the dashboard cannot listen on {bind}: {error.strerror}; choose another address with --bind"
        ) from error


def _answers(url: str) -> bool:
    where = urlsplit(url)
    assert where.hostname is not None
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=2.0)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
