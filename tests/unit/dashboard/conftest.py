"""A dashboard on a real store."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from dashboard.app import create_app
from services.lab.door import Lab
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.unit.dashboard.labs import lab_at
from tests.unit.dashboard.ledger import Ledger


@pytest.fixture
def ledger(store: Client) -> Ledger:
    return Ledger(store)


@pytest.fixture
def lab(server: EmbeddedServer, store: Client) -> Iterator[Lab]:
    with lab_at(server.url) as lab:
        yield lab


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates that another test compiled: compiling takes longer than all else that a page needs."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def web(lab: Lab, compiled: FileSystemBytecodeCache) -> FlaskClient:
    return client(lab, compiled)


@pytest.fixture
def away(compiled: FileSystemBytecodeCache) -> Iterator[FlaskClient]:
    """A dashboard whose store is not there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with lab_at(f"redis://127.0.0.1:{port}/0") as lab:
        yield client(lab, compiled)


def client(lab: Lab, compiled: FileSystemBytecodeCache) -> FlaskClient:
    """Return a client of a new dashboard of `lab`."""
    app = create_app(lab)
    app.jinja_env.bytecode_cache = compiled
    return app.test_client()
