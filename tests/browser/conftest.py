"""A live dashboard on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.core.experiment import State
from services.core.report import CurrentTrial
from services.store.connection import connect
from services.store.durable import DurableServer
from services.store.server import EmbeddedServer
from tests.site import Site
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Holds a finished, a running and a failed experiment; nobody changes them."""
    with EmbeddedServer(tmp_path_factory.mktemp("store")) as server, connect(server.url) as client:
        ledger = Ledger(client)
        ledger.finished()
        wide = made.experiment("1a1b2c3d", replicas=(1, 2))
        ledger.keep(wide, made.results(wide, failed=(3, 7)), nodes=(made.node("desk"), made.node("rack", quota=2.0)))
        running, now = made.experiment("2a1b2c3d"), CurrentTrial(trial=7, cell="gevent@2", repeat=0, phase="saturate")
        ledger.keep(running, made.results(running)[:7], state=State.RUNNING, now=now)
        ledger.keep(made.experiment("3a1b2c3d"), [], state=State.FAILED, reason="no node came")
        with Site(server.url, tmp_path_factory.mktemp("site")) as site:
            yield site


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[DurableServer]:
    """A store that the test may write to and break."""
    with DurableServer(tmp_path / "store") as server:
        yield server


@pytest.fixture
def own_site(own_store: DurableServer, tmp_path: Path) -> Iterator[Site]:
    """A dashboard on it that the test may break as well."""
    with Site(own_store.url, tmp_path) as site:
        yield site


@pytest.fixture
def ledger(own_store: EmbeddedServer) -> Iterator[Ledger]:
    with connect(own_store.url) as client:
        yield Ledger(client)
