"""A store that hangs."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from services.lab import watch as room
from services.lab.watch import StoreWatch
from services.store.server import EmbeddedServer
from tests.live import until


def test_a_store_that_hangs_is_reported_once_and_so_is_its_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOOK", 0.05)
    monkeypatch.setattr(room, "SILENCE", 0.3)
    said: list[str] = []

    def ticked(count: int) -> bool:
        watch.tick()
        return len(said) >= count

    with EmbeddedServer(tmp_path) as server:
        watch = StoreWatch(server.url, say=said.append)
        watch.start()
        assert server.pid is not None
        os.kill(server.pid, signal.SIGSTOP)
        try:
            until(lambda: ticked(1), seconds=10)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        until(lambda: ticked(2), seconds=10)
        watch.stop()
    assert said[0].startswith("The store has not answered for 0 s, so nothing goes on: Redis does not answer")
    assert said[1] == "The store answers again"
