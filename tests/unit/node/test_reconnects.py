"""Losses of a measured worker's connection to the broker, as data from inside the worker."""

from __future__ import annotations

import pytest

from services.core.models import Model
from services.store.connection import connect
from services.store.server import EmbeddedServer
from tests.live import until
from tests.unit.node import bodies
from tests.unit.node.rigs import rig, spec


@pytest.mark.parametrize("model", [Model.THREADS, Model.GEVENT])
def test_each_lost_connection_of_a_worker_is_counted_once(server: EmbeddedServer, model: Model) -> None:
    with rig(server, spec(bodies.nap, model)) as worker, connect(server.url) as client:
        worker.warm(2)
        assert worker.spans.reconnects() == 0
        client.client_kill_filter(_type="normal", skipme=True)
        until(lambda: worker.spans.reconnects() == 1, seconds=20)
        client.client_kill_filter(_type="normal", skipme=True)
        until(lambda: worker.spans.reconnects() == 2, seconds=20)
