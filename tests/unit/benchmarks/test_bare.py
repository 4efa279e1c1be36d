"""A bare worker runs the workload, is heard, and is gone when it is closed."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.bare import BareWorker, Endings, spec
from services.core.models import Model
from services.store.connection import connect
from services.store.server import EmbeddedServer
from workloads.builtin.messaging import echo


@pytest.mark.parametrize("model", [Model.SEQUENTIAL, Model.GEVENT, Model.PREFORK])
def test_it_works_off_a_queue_that_was_filled_and_opened(tmp_path: Path, model: Model) -> None:
    with EmbeddedServer(tmp_path / "store") as server:
        worker = BareWorker(spec(echo.name, model, 1, "test"), server.url)
        with closing(worker):
            worker.start()
            tasks = worker.fill(30)
            with Endings(server.url, worker.prefix, (tasks[0], tasks[-1]), worker.id) as endings:
                opened = time.monotonic()
                worker.open()
                ended = endings.wait()
        assert opened < ended[tasks[0]] < ended[tasks[-1]]
        with connect(server.url) as client:
            assert client.keys(f"{worker.prefix}*") == []
