"""A web server for `http_get`, that can be told to answer wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest


class WebServer(ThreadingHTTPServer):
    """Answers as a node's http service does, and keeps connections open for clients that want to go on."""

    daemon_threads = False  # Closing the server waits for its threads: none is left for the next test.
    request_queue_size = 128  # Of more connections at once than this, some are made a second late.
    status = 200
    promised_too_many = sent_too_many = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paths: list[str] = []
        self.clients: list[object] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WebServer

    def setup(self) -> None:
        self.server.clients.append(self.client_address)
        super().setup()

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        size = int(parse_qs(urlsplit(self.path).query)["bytes"][0]) + self.server.sent_too_many
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(size + self.server.promised_too_many))
        self.end_headers()
        self.wfile.write(bytes(size))
        self.close_connection = self.close_connection or self.server.promised_too_many > 0

    def log_message(self, *args: object, **named: object) -> None:
        """Keep quiet."""


@pytest.fixture
def web_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with WebServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("LAB_HTTP_PORT", str(server.server_port))
        yield server
        server.shutdown()
        thread.join()
