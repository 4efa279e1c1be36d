"""A conductor for each test."""

from __future__ import annotations

import pytest

from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.unit.conductor.podium import Podium


@pytest.fixture
def podium(store: Client, server: EmbeddedServer) -> Podium:
    return Podium(store, server.url)
