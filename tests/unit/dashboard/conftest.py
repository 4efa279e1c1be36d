"""A dashboard on a real store."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

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


@pytest.fixture
def web(lab: Lab) -> FlaskClient:
    return create_app(lab).test_client()


@pytest.fixture
def away() -> Iterator[FlaskClient]:
    """A dashboard whose store is not there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with lab_at(f"redis://127.0.0.1:{port}/0") as lab:
        yield create_app(lab).test_client()
