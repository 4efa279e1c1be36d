"""A store that hangs."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from services.lab.store_watch import StoreWatch
from services.store.server import EmbeddedServer
from tests.live import until


def test_a_store_that_hangs_is_reported_once_and_so_is_its_return(tmp_path: Path) -> None:
    said: list[str] = []

    def ticked(count: int) -> bool:
        watch.tick()
        return len(said) >= count

    with EmbeddedServer(tmp_path) as server:
        watch = StoreWatch(server.url, say=said.append, look=0.05, silence=0.3)
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
