"""Messages that are no orders, on the queue of a real conductor."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.conductor.run_order import RunOrder
from services.core.experiment import State
from services.store import keys
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.live import LAB, until
from tests.unit.conductor.podium import Podium
from tests.unit.store.orders import damaged, order

QUEUE = f"{keys.CONTROL}conductor"
NO_JSON_OBJECT = ("5", "{}", "[1]", "no JSON", "[" * 100_000, '{"__type__": "datetime", "__value__": 5}')


@pytest.fixture
def conductor(store: Client, server: EmbeddedServer, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that has taken its lease."""
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*LAB, "serve", "conductor"], env={**os.environ, "LAB_REDIS_URL": server.url}, stdout=log, stderr=log
        )
    try:
        until(lambda: store.exists(keys.CONDUCTOR), seconds=60, alive=process)
        yield process
    finally:
        process.kill()
        process.wait()


def test_messages_that_are_no_orders_are_set_aside_and_work_goes_on(
    conductor: subprocess.Popen[bytes], store: Client, server: EmbeddedServer, tmp_path: Path
) -> None:
    podium, messages = (
        Podium(store, server.url),
        [*NO_JSON_OBJECT, *map(json.dumps, damaged(order(store, server.url)).values())],
    )
    store.lpush(QUEUE, *messages)
    podium.measured(podium.submit())
    RunOrder(server.url).send()
    until(lambda: podium.state() is State.FINISHED, seconds=20, alive=conductor)
    until(lambda: store.llen(keys.REFUSED) == len(messages), seconds=20, alive=conductor)
    assert all(json.loads(str(text))["reason"] for text in store.lrange(keys.REFUSED, 0, -1))
    assert (tmp_path / "log").read_text().count("is no order and is set aside") == len(messages)
    until(lambda: not store.exists(QUEUE, f"{keys.CONTROL}unacked"), seconds=10)
