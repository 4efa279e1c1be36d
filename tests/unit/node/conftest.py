"""An agent for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.unit.node.desk import Desk


@pytest.fixture
def desk(store: Client, server: EmbeddedServer) -> Iterator[Desk]:
    """On the store that all tests share."""
    desk = Desk(store, server.url)
    yield desk
    desk.agent.stop()
