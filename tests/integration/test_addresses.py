"""The dashboard as a process on addresses of every kind, asked as browsers and attackers would."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dashboard.body_limit import LARGEST
from services.store.server import EmbeddedServer
from tests.site import Site


@pytest.fixture(scope="module")
def everywhere(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Asks a dashboard that listens on every interface, as in a container."""
    with Site(server.url, tmp_path_factory.mktemp("site"), address="0.0.0.0") as site:
        with httpx.Client(base_url=site.url) as client:
            yield client
        assert "Traceback" not in site.said()


def test_a_dashboard_on_ipv6_answers_under_the_address_it_announces(server: EmbeddedServer, tmp_path: Path) -> None:
    with Site(server.url, tmp_path, address="[::1]") as site:
        assert urlsplit(site.url).hostname == "::1"
        assert httpx.get(f"{site.url}/experiments").status_code == 200
        assert httpx.get(f"{site.url}/experiments", headers={"Host": "evil.test"}).status_code == 400


def test_dns_rebinding_reads_nothing_and_submits_nothing(everywhere: httpx.Client) -> None:
    rebound = {"Host": "evil.test:8000", "Origin": "http://evil.test:8000"}
    read = everywhere.get("/api/v1/experiments", headers=rebound)
    sent = everywhere.post("/api/v1/experiments", headers=rebound, json={"workload": "primes"})
    assert (read.status_code, sent.status_code) == (400, 400)
    assert "LAB_HOSTS" in sent.json()["error"]["message"]
    assert everywhere.get("/api/v1/experiments").json()["total"] == 0


def test_a_malformed_origin_is_another_site(everywhere: httpx.Client) -> None:
    for path in ("/api/v1/experiments", "/a%0aFAKE%20LINE%1b[31m"):
        answer = everywhere.post(path, headers={"Origin": "http://["}, json={"workload": "primes"})
        assert answer.status_code == 403


def test_a_chunked_body_is_read_whole_or_refused(everywhere: httpx.Client) -> None:
    def sent(body: bytes) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return everywhere.post("/api/v1/experiments", content=iter([body]), headers=headers)

    unknown = b'{"workload": "nope"}'
    assert sent(unknown.ljust(LARGEST)).status_code == 422
    refused = sent(unknown.ljust(300_000) + b"garbage")
    assert refused.status_code == 413
    assert "64 KiB" in refused.json()["error"]["message"]


def test_a_request_without_a_host_is_refused(everywhere: httpx.Client) -> None:
    where = everywhere.base_url
    with socket.create_connection((where.host, where.port or 80), timeout=10) as connection:
        connection.sendall(b"GET /api/v1/health HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 400")
