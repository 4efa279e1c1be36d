"""The embedded server, started for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import psutil
import pytest
from redis.exceptions import OutOfMemoryError

from services.core.errors import CannotStart, StoreUnreachable
from services.store.connection import connect, reaching
from services.store.durable import DurableServer
from services.store.folder import holder
from services.store.server import EmbeddedServer
from tests.live import runs, until

Killed: TypeAlias = Callable[[Callable[[int], None]], int]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with DurableServer(tmp_path / "data") as server:
        yield server


def put(server: EmbeddedServer, name: str, value: str) -> None:
    with connect(server.url) as client:
        client.set(name, value)


def get(server: EmbeddedServer, name: str) -> object:
    with connect(server.url) as client:
        return client.get(name)


def process(server: EmbeddedServer) -> psutil.Process:
    assert server.pid is not None
    return psutil.Process(server.pid)


def test_a_write_it_answered_survives_a_kill_and_is_found_at_the_same_address(server: EmbeddedServer) -> None:
    address = server.url
    put(server, "trial", "measured")
    process(server).kill()
    until(server.ending)
    assert server.ending() == "was killed by SIGKILL"
    server.start()
    assert server.url == address
    assert get(server, "trial") == "measured"


def test_what_was_written_is_there_for_the_next_lab_that_opens_the_folder(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as first:
        put(first, "trial", "measured")
    with DurableServer(tmp_path) as second:
        assert second.url != first.url
        assert get(second, "trial") == "measured"


def test_a_plain_server_forgets_everything_and_comes_back_at_the_same_address(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    with EmbeddedServer(folder) as plain:
        address = plain.url
        put(plain, "task", "queued")
        plain.terminate()
        until(plain.ending)
        plain.start()
        assert plain.url == address
        assert get(plain, "task") is None
    assert [file.name for file in folder.iterdir()] == ["server.log"]


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    with DurableServer(tmp_path / 'a "strange" näme \\ here') as server:
        put(server, "trial", "measured")
    assert list(tmp_path.glob("*/appendonlydir/*.aof"))


@pytest.mark.parametrize("password", ["", ":wrong"])
def test_no_one_gets_in_without_the_password(server: EmbeddedServer, password: str) -> None:
    port = urlsplit(server.url).port
    with (
        connect(f"redis://{password}@127.0.0.1:{port}/0") as client,
        pytest.raises(StoreUnreachable, match="password"),
        reaching(),
    ):
        client.get("trial")


def test_the_password_is_in_no_environment_and_on_no_command_line_that_others_could_read(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert urlsplit(server.url).password
    assert str(urlsplit(server.url).password) not in Path(f"/proc/{server.pid}/environ").read_text(encoding="utf-8")
    # A real server covers its command line up a moment after it has started; this one says what was on it.
    frank = tmp_path / "frank"
    frank.write_text('#!/bin/sh\necho "told: $*"\ngrep -o "^requirepass"\nexit 1\n', encoding="utf-8")
    frank.chmod(0o755)
    monkeypatch.setattr("services.store.server.get_binary_path", lambda: frank)
    with pytest.raises(CannotStart, match=r"exited with 1:\ntold: -\nrequirepass$"):
        DurableServer(tmp_path / "other").start()


def test_it_listens_on_the_loopback_interface_only(server: EmbeddedServer) -> None:
    listening = [one.laddr.ip for one in process(server).net_connections() if one.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]


def test_its_folder_is_its_users_only(server: EmbeddedServer, tmp_path: Path) -> None:
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_second_lab_may_not_open_the_folder_and_names_its_holder(server: EmbeddedServer, tmp_path: Path) -> None:
    second = DurableServer(tmp_path / "data")
    with pytest.raises(CannotStart, match=f"in use by process {os.getpid()}"):
        second.start()
    put(server, "trial", "measured")
    assert get(server, "trial") == "measured"


def test_a_folder_that_cannot_be_written_is_reported_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot be used"):
        DurableServer(tmp_path / "file" / "data").start()


def test_a_server_that_cannot_read_its_file_states_why_and_leaves_the_folder_to_others(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as server:
        put(server, "trial", "measured")
    file = next(tmp_path.glob("appendonlydir/*.incr.aof"))
    written = file.read_bytes()
    unknown = written + b"*1\r\n$7\r\nUNKNOWN\r\n"
    file.write_bytes(unknown)
    with pytest.raises(CannotStart, match="unknown command 'UNKNOWN'"):
        DurableServer(tmp_path).start()
    assert file.read_bytes() == unknown, "it is whole, so nothing is cut"
    file.write_bytes(written)
    with DurableServer(tmp_path) as again:
        assert get(again, "trial") == "measured"


def test_stopping_leaves_no_process_and_no_lock(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as server:
        pid = server.pid
        assert pid is not None and runs(pid)
        assert holder(tmp_path) == os.getpid()
    assert not runs(pid)
    assert holder(tmp_path) is None


@pytest.fixture
def killed(tmp_path: Path) -> Killed:
    """Starts a lab with its server, does something to the server, kills the lab; gives the server's process."""

    def killed(before: Callable[[int], None]) -> int:
        lab = subprocess.Popen(
            [sys.executable, "-c", parent, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with lab:
            assert lab.stdout is not None
            pid = int(lab.stdout.readline())
            before(pid)
            lab.kill()
        return pid

    return killed


def test_it_does_not_outlive_a_lab_that_is_killed(killed: Killed, tmp_path: Path) -> None:
    pid = killed(lambda _: None)
    until(lambda: not runs(pid))
    with DurableServer(tmp_path) as server:
        assert get(server, "trial") == "measured"


def test_no_one_opens_the_folder_while_the_server_of_a_killed_lab_still_ends(killed: Killed, tmp_path: Path) -> None:
    pid = killed(lambda pid: os.kill(pid, signal.SIGSTOP))
    try:
        assert holder(tmp_path) is not None
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: holder(tmp_path) is None)


parent = """
import sys
from pathlib import Path
from typing import TypeAlias
from services.store.connection import connect
from services.store.durable import DurableServer
from services.store.server import EmbeddedServer

server = DurableServer(Path(sys.argv[1]))
server.start()
with connect(server.url) as client:
    client.set("trial", "measured")
print(server.pid, flush=True)
sys.stdin.read()
"""


def test_a_server_with_a_limit_refuses_what_would_take_more_memory(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, most_memory=4 * 2**20) as server, connect(server.url) as client:
        with pytest.raises(OutOfMemoryError):
            client.mset({str(number): "x" * 100_000 for number in range(100)})
        assert client.ping()
