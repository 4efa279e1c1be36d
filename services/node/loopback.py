"""The HTTP server that `http_get` asks: answers `/?delay=<ms>&bytes=<n>` after the delay with n bytes.

A process of its own, outside the measured worker's tree, on 127.0.0.1. Writes its port to stdout once it listens.
"""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

from services.core.units import Seconds

MOST_BYTES = 64 << 20


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        try:
            delay, size = _asked(await reader.readuntil(b"\r\n\r\n"))
        except (IndexError, ValueError, asyncio.LimitOverrunError):
            status, size = b"400 Bad Request", 0
        else:
            status = b"200 OK"
            await asyncio.sleep(delay)
        writer.write(b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, size) + b"x" * size)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


def _asked(head: bytes) -> tuple[Seconds, int]:
    """Delay and size. Raises IndexError or ValueError when it asks for none."""
    query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
    delay, size = int(query.get("delay", ["0"])[0]), int(query.get("bytes", ["0"])[0])
    if delay < 0 or not 0 <= size <= MOST_BYTES:
        raise ValueError(f"delay={delay}, bytes={size}")
    return delay / 1000, size


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
