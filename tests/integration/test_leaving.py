"""Conductor and node end when they are told to, also while the store hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.store.connection import Client, connect
from services.store.server import EmbeddedServer
from tests.live import until


@contextmanager
def serving(part: str, redis_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`lab serve PART`."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "services.cli", "serve", part],
        env={**os.environ, "LAB_REDIS_URL": redis_url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def hanging(server: EmbeddedServer) -> Iterator[None]:
    """The server takes connections and answers nobody."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def takes_orders(client: Client) -> bool:
    """Somebody waits for a message: a Celery worker that listens to signals by now."""
    return bool(client.info("clients")["blocked_clients"])


@pytest.mark.parametrize("part", ["node", "conductor"])
def test_a_part_that_is_asked_to_end_ends_though_the_store_hangs(part: str, tmp_path: Path) -> None:
    with (
        EmbeddedServer(tmp_path) as server,
        connect(server.url) as client,
        serving(part, server.url) as process,
    ):
        until(lambda: takes_orders(client), seconds=30, alive=process)
        with hanging(server):
            process.terminate()
            # Far above what it takes, far below Celery's own patience with a broker that hangs.
            assert process.wait(30) == 0
