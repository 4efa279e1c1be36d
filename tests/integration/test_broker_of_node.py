"""A node names the servers of ledger and broker, and notices when both are one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.core.environment import Fingerprint
from services.store.connection import Client
from services.store.nodes import Nodes
from services.store.server import EmbeddedServer
from tests.live import until


@contextmanager
def announced(store: Client, **environ: str) -> Iterator[Fingerprint]:
    """The fingerprint of a node that runs with these settings."""
    command = [sys.executable, "-P", "-m", "services.cli", "serve", "node"]
    environment = {**os.environ, "LAB_NODE": "tested", **environ}
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        (node,) = until(Nodes(store).present, seconds=30, alive=process)
        yield node.fingerprint
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.parametrize("database", [None, "/1"], ids=["not named", "another database of the ledger's server"])
def test_a_broker_on_the_ledgers_server_is_shown_as_such(
    store: Client, server: EmbeddedServer, database: str | None
) -> None:
    named = {} if database is None else {"LAB_BROKER_URL": server.url.replace("/0", database)}
    with announced(store, LAB_REDIS_URL=server.url, **named) as found:
        assert found.broker is None
        assert found.ledger.startswith("valkey ")
        assert found.measured_on == f"{found.ledger}, also the ledger"


def test_a_broker_on_a_server_of_its_own_is_named(store: Client, server: EmbeddedServer, tmp_path: Path) -> None:
    with (
        EmbeddedServer(tmp_path) as other,
        announced(store, LAB_REDIS_URL=server.url, LAB_BROKER_URL=other.url) as found,
    ):
        assert found.broker is not None and found.broker.startswith("valkey ")
        assert found.measured_on == found.broker
