"""A real store for tests: one embedded server for all of them, empty for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.store.connection import Client, connect
from services.store.server import EmbeddedServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server that all tests share: not to be stopped."""
    with EmbeddedServer(tmp_path_factory.mktemp("store")) as server:
        yield server


@pytest.fixture
def store(server: EmbeddedServer) -> Iterator[Client]:
    """A client of the server, on which nothing is kept yet."""
    with connect(server.url) as client:
        client.flushdb()
        yield client
