"""What is said when the store does not answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.core.errors import StoreUnreachable
from services.store.connection import connect, reaching, wait_until_reached
from services.store.experiments import Experiments
from services.store.listing import Listing
from services.store.nodes import Lease, Nodes
from services.store.retention import Retention
from services.store.server import EmbeddedServer
from services.store.serverinfo import ServerInfo
from tests.live import free_port, until

SECRET = "s3cret-word"


def told(url: str, *, timeout: float = 5.0) -> str:
    """What a user reads of an attempt to reach `url`."""
    with connect(url, timeout=timeout) as client, pytest.raises(StoreUnreachable) as caught, reaching():
        client.ping()
    return str(caught.value)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port on which somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture
def stranger() -> Iterator[int]:
    """A port on which something answers that is no Redis."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(1000)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join()


def test_a_wrong_password_is_reported_and_not_shown(server: EmbeddedServer) -> None:
    said = told(f"redis://:{SECRET}@127.0.0.1:{urlsplit(server.url).port}/0")
    assert said.startswith("Redis refuses the password, or wants one: ")
    assert SECRET not in said


def test_a_missing_password_is_reported(server: EmbeddedServer) -> None:
    assert told(f"redis://127.0.0.1:{urlsplit(server.url).port}/0").startswith(
        "Redis refuses the password, or wants one: "
    )


def test_an_address_without_a_server_is_reported() -> None:
    port = free_port()
    said = told(f"redis://:{SECRET}@127.0.0.1:{port}/0")
    assert said.startswith("Redis does not answer: ")
    assert f"127.0.0.1:{port}" in said and "refused" in said
    assert SECRET not in said


def test_a_host_that_is_not_known_is_reported() -> None:
    said = told(f"redis://:{SECRET}@no-such-host.invalid:6379/0")
    assert said.startswith("Redis does not answer: ")
    assert "no-such-host.invalid" in said
    assert SECRET not in said


def test_a_server_that_reports_nothing_is_given_up_after_the_timeout(silent: int) -> None:
    said = told(f"redis://:{SECRET}@127.0.0.1:{silent}/0", timeout=0.05)
    assert said.startswith("Redis does not answer: ")
    assert "imeout" in said
    assert SECRET not in said


def test_something_that_is_no_redis_is_reported(stranger: int) -> None:
    said = told(f"redis://127.0.0.1:{stranger}/0", timeout=5)
    assert said.startswith("Redis ")
    assert SECRET not in said


def test_what_the_server_refuses_is_reported_with_its_reason(server: EmbeddedServer) -> None:
    with (
        connect(server.url) as client,
        pytest.raises(StoreUnreachable, match=r"cannot serve the lab: .*unknown command"),
        reaching(),
    ):
        client.execute_command("NOSUCHCOMMAND")


def test_a_database_that_the_server_does_not_have_is_reported(server: EmbeddedServer) -> None:
    assert "out of range" in told(server.url.replace("/0", "/99"))


def test_nothing_is_sent_before_the_first_use() -> None:
    connect("redis://no-such-host.invalid:6379/0").close()


def test_no_room_of_the_store_lets_an_error_of_redis_through() -> None:
    with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        ledger, nodes, lease = Experiments(client), Nodes(client), Lease(client, "lab:x", "a")
        info = ServerInfo(client)
        attempts = [
            lambda: ledger.get("e1"),
            lambda: Listing(client).page(1),
            lambda: Retention(client).delete("e1"),
            lambda: Retention(client).restore("e1"),
            lambda: Retention(client).trim(1, tuple),
            ledger.open,
            lambda: ledger.trials("e1"),
            lambda: ledger.environment("e1"),
            lambda: ledger.now("e1"),
            lambda: ledger.ask_cancel("e1"),
            lambda: ledger.cancel_asked("e1"),
            ledger.to_cancel,
            ledger.aside,
            lambda: ledger.set_aside("e1", "not a Record"),
            nodes.present,
            lambda: nodes.leave("a"),
            lease.take,
            lease.drop,
            lease.held,
            info.version,
            info.run,
            info.cpu,
            info.machine,
        ]
        for attempt in attempts:
            with pytest.raises(StoreUnreachable, match="Redis does not answer"):
                attempt()


def test_a_process_that_needs_the_store_waits_for_it_and_reports_that(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = EmbeddedServer(tmp_path)
    with connect(server.url, timeout=1) as client:
        waiting = threading.Thread(target=wait_until_reached, args=(client,), kwargs={"pause": 0.01})
        waiting.start()
        until(lambda: "trying again" in caplog.text, seconds=10)
        assert waiting.is_alive()
        with server:
            waiting.join(10)
            assert not waiting.is_alive()
    assert str(urlsplit(server.url).password) not in caplog.text
