"""The HTTP server beside a measured worker, started as a node starts it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psutil
import pytest

from services.node import loopback
from services.node.companions import companions
from tests.live import until
from workloads.builtin.waiting import http_get


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with companions(["http"], redis_url="") as environ:
        yield int(environ["LAB_HTTP_PORT"])


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def said(port: int, sent: bytes) -> bytes:
    """All it answers to raw bytes until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while more := connection.recv(1 << 16):
            answer += more
        return answer


@pytest.mark.parametrize("size", [0, 1, 1000, 5_000_000])
def test_it_answers_with_as_many_bytes_as_were_asked_for(port: int, size: int) -> None:
    assert get(port, f"/?delay=0&bytes={size}") == (200, b"x" * size)


def test_it_answers_after_the_delay_and_not_much_later(port: int) -> None:
    began = time.monotonic()
    get(port, "/?delay=150&bytes=1")
    assert 0.15 <= time.monotonic() - began < 1.0


def test_without_a_wish_it_answers_at_once_with_nothing(port: int) -> None:
    assert get(port, "/") == (200, b"")


def test_many_who_ask_at_once_wait_at_once(port: int) -> None:
    """200 delays of 0.2 s, one after the other, would be 40 s."""
    began = time.monotonic()
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: get(port, "/?delay=200&bytes=10"), range(200)))
    assert answers == [(200, b"x" * 10)] * 200
    assert time.monotonic() - began < 10


def test_the_workload_itself_gets_what_it_asks_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_HTTP_PORT", str(port))
    assert http_get.function(**http_get.arguments(http_get.defaults | {"delay_milliseconds": 1}))


@pytest.mark.parametrize(
    "path",
    [
        "/?delay=soon",
        "/?bytes=many",
        "/?bytes=-1",
        "/?delay=-1",
        "/?bytes=1.5",
        f"/?bytes={loopback.MOST_BYTES + 1}",
        f"/?delay={'9' * 5000}",
    ],
    ids=lambda path: path[:20],
)
def test_a_wish_that_makes_no_sense_is_a_bad_request(port: int, path: str) -> None:
    assert get(port, path) == (400, b"")


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n\r\n",
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"GET /?bytes=\xff HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_bad_request_and_the_next_is_served(port: int, sent: bytes) -> None:
    assert said(port, sent).startswith(b"HTTP/1.1 400 ")
    assert get(port, "/?bytes=3") == (200, b"xxx")


def test_a_head_without_an_end_is_refused_and_one_that_breaks_off_is_dropped(port: int) -> None:
    assert said(port, b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000).startswith(b"HTTP/1.1 400 ")
    assert said(port, b"GET / HTTP/1.1\r\n") == b""
    assert get(port, "/?bytes=3") == (200, b"xxx")


def test_a_client_that_hangs_up_while_it_waits_harms_no_one(port: int) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /?delay=20&bytes=1000000 HTTP/1.1\r\n\r\n")
    assert get(port, "/?delay=30&bytes=3") == (200, b"xxx")


def server_of(pid: int) -> psutil.Process | None:
    found = [child for child in psutil.Process(pid).children() if "services.node.loopback" in child.cmdline()]
    return found[0] if found else None


def test_it_listens_on_the_loopback_interface_only_and_ends_with_its_trial() -> None:
    before = set(psutil.Process().children())
    with companions(["http"], redis_url="") as environ:
        (server,) = set(psutil.Process().children()) - before
        (listening,) = server.net_connections()
        assert (listening.laddr.ip, listening.laddr.port) == ("127.0.0.1", int(environ["LAB_HTTP_PORT"]))
    assert not server.is_running()


def test_a_workload_without_companions_starts_no_process() -> None:
    before = psutil.Process().children()
    with companions((), redis_url="") as environ:
        assert environ == {}
        assert psutil.Process().children() == before


PARENT = """
from services.node.companions import companions
with companions(["http"], redis_url=""):
    print("there", flush=True)
    input()
"""


def test_it_dies_with_its_node_however_that_dies() -> None:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as node:
        assert node.stdout is not None and node.stdout.readline() == "there\n"
        server = server_of(node.pid)
        assert server is not None
        node.send_signal(signal.SIGKILL)
        node.wait()
        until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, seconds=10)
