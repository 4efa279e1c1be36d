"""A client of Redis from the standard library, for a small peer."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote, urlsplit


class Connection:
    """A connection to LAB_CHANNEL_REDIS with the needed part of its protocol (RESP2)."""

    def __init__(self, *, patience: float) -> None:
        if not (url := os.environ.get("LAB_CHANNEL_REDIS")):
            raise RuntimeError("LAB_CHANNEL_REDIS is not set: channel redis needs the node's redis service")
        parts = urlsplit(url)
        if parts.scheme != "redis":
            raise RuntimeError(f"channel redis reaches a server at redis://, not at {parts.scheme}://")
        self._socket = socket.create_connection((parts.hostname, parts.port or 6379), timeout=patience)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        with ExitStack() as failed:
            failed.callback(self.close)
            if parts.password:
                self.run(("AUTH", *(unquote(one) for one in (parts.username, parts.password) if one)))
            self.run(("SELECT", parts.path.strip("/") or "0"))
            failed.pop_all()

    def run(self, *commands: tuple[str | bytes, ...]) -> list[Any]:
        """Send the commands at once, and return an answer per command."""
        pieces = []
        for words in commands:
            pieces.append(b"*%d\r\n" % len(words))
            for word in words:
                data = word.encode() if isinstance(word, str) else word
                pieces += b"$%d\r\n" % len(data), data, b"\r\n"
        self._socket.sendall(b"".join(pieces))
        return [self._answer() for _ in commands]

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _answer(self) -> Any:
        line = self._file.readline()
        if not line:
            raise EOFError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise ConnectionError(f"Redis refuses: {rest.decode()}")
        if kind not in b"$*":
            return rest
        if (length := int(rest)) < 0:
            return None
        if kind == b"*":
            return [self._answer() for _ in range(length)]
        data = self._file.read(length)
        self._file.read(2)
        return data
