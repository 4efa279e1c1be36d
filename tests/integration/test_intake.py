"""Messages that are no orders, on the queue of a real conductor."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.conductor.run_order import RunOrder
from services.core.experiment import State
from services.store import keys
from services.store.connection import Client
from services.store.control import control_app
from services.store.server import EmbeddedServer
from tests.live import LAB, until
from tests.unit.conductor.podium import Podium

QUEUE = f"{keys.CONTROL}conductor"


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


def order(store: Client, url: str) -> dict[str, Any]:
    """A good order that no worker has taken."""
    control_app("tested", url).send_task("conductor.run", queue="sample", ignore_result=True)
    found: dict[str, Any] = json.loads(str(store.lpop(f"{keys.CONTROL}sample")))
    return found


def bad(good: dict[str, Any]) -> list[str]:
    """Every way to be no order that is known to end a Celery worker, and some more."""
    headers, properties = good["headers"], good["properties"]
    shaped = [
        good | {"body": "no base64!"},
        good | {"body": "NQ=="},
        good | {"body": "e30="},
        good | {"content-type": "application/data"},
        good | {"content-type": "application/x-python-serialize"},
        good | {"content-encoding": "binary"},
        good | {"headers": headers | {"compression": "application/x-gzip"}},
        good | {"headers": headers | {"eta": 5}},
        good | {"headers": headers | {"timelimit": 5}},
        good | {"headers": []},
        good | {"properties": properties | {"delivery_tag": None}},
        good | {"properties": {}},
    ]
    return [
        "5",
        "{}",
        "[1]",
        "no JSON",
        "[" * 100_000,
        '{"__type__": "datetime", "__value__": 5}',
        *map(json.dumps, shaped),
    ]


def test_messages_that_are_no_orders_are_set_aside_and_work_goes_on(
    conductor: subprocess.Popen[bytes], store: Client, server: EmbeddedServer, tmp_path: Path
) -> None:
    podium, messages = Podium(store, server.url), bad(order(store, server.url))
    store.lpush(QUEUE, *messages)
    podium.measured(podium.submit())
    RunOrder(server.url).send()
    until(lambda: podium.state() is State.FINISHED, seconds=20, alive=conductor)
    until(lambda: store.llen(keys.REFUSED) == len(messages), seconds=20, alive=conductor)
    assert all(json.loads(str(text))["reason"] for text in store.lrange(keys.REFUSED, 0, -1))
    assert (tmp_path / "log").read_text().count("is no order and is set aside") == len(messages)
    until(lambda: not store.exists(QUEUE, f"{keys.CONTROL}unacked"), seconds=10)
