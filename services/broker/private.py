"""A broker of one trial's own: what a user's task does to "its" Redis cannot reach the lab, nor another trial."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.broker.contract import Broker
from services.broker.redis import RedisBroker
from services.core.errors import BrokerUnreachable, CannotStart
from services.core.units import Bytes
from services.store.server import EmbeddedServer

#: A task that floods its broker with messages fails by itself, and not by the machine's memory.
MOST_MEMORY: Final[Bytes] = 512 * 2**20


@contextmanager
def private_broker(folder: Path) -> Iterator[Broker]:
    """Run a server that keeps nothing during the block, with its log in `folder`.

    Raises BrokerUnreachable when it cannot be started.
    """
    server = EmbeddedServer(folder, name="the trial's own broker", most_memory=MOST_MEMORY)
    try:
        server.start()
    except CannotStart as error:
        raise BrokerUnreachable(str(error)) from error
    try:
        yield RedisBroker(server.url)
    finally:
        server.stop(patience=0.0)
