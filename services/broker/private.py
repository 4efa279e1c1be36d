"""A broker of one trial's own: what a user's task does to "its" Redis cannot reach the lab, nor another trial."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.broker.contract import Broker
from services.broker.redis import RedisBroker
from services.core.errors import BrokerUnreachable, CannotStart
from services.store.server import EmbeddedServer


@contextmanager
def private_broker() -> Iterator[Broker]:
    """Run a server that keeps nothing during the block. Raises BrokerUnreachable when it cannot be started."""
    with tempfile.TemporaryDirectory(prefix="lab-broker-") as folder:
        server = EmbeddedServer(Path(folder), name="the trial's own broker")
        try:
            server.start()
        except CannotStart as error:
            raise BrokerUnreachable(str(error)) from error
        try:
            yield RedisBroker(server.url)
        finally:
            server.stop(patience=0.0)
