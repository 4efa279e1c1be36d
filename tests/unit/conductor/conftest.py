"""A conductor that looks often."""

from __future__ import annotations

import pytest

from services.conductor import conductor as room
from services.conductor import gathering
from services.node import orders
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.unit.conductor.podium import Podium


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LOOK", 0.02)
    monkeypatch.setattr(gathering, "LOOK", 0.02)
    monkeypatch.setattr(orders, "ROLL_CALL", 0.05)


@pytest.fixture
def podium(store: Client, server: EmbeddedServer) -> Podium:
    return Podium(store, server.url)
