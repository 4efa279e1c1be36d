"""What an attempt leaves on the broker is deleted when the broker answers."""

from __future__ import annotations

import pytest

from services.broker.contract import Place
from services.broker.redis import RedisBroker, prefix
from services.conductor.attempts import Attempts
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.live import free_port


def test_all_shares_of_an_attempt_are_forgotten(server: EmbeddedServer, store: Client) -> None:
    broker = RedisBroker(server.url)
    for share in range(3):
        store.set(f"{prefix(Place(attempt='e1-0-a', share=share))}tasks", "a task")
    Attempts(store, broker, "tested").forget("e1-0-a", 2)
    assert broker.places() == {Place(attempt="e1-0-a", share=2)}


def test_a_broker_that_is_away_is_no_error_of_the_experiment(store: Client, caplog: pytest.LogCaptureFixture) -> None:
    away = RedisBroker(f"redis://127.0.0.1:{free_port()}/0")
    Attempts(store, away, "tested").forget("e1-0-a", 1)
    assert "attempt e1-0-a is not deleted: the broker under test failed" in caplog.text
