"""The HTTP server that `http_get` asks: answers `/?delay=<ms>&bytes=<n>` after the delay with n bytes.

A process of its own, outside the measured worker's tree, on 127.0.0.1. Writes its port to stdout once it listens.
"""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

from services.core.parent import die_with_parent

MOST_BYTES = 64 << 20


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
        delay, size = int(query.get("delay", ["0"])[0]), min(int(query.get("bytes", ["0"])[0]), MOST_BYTES)
        await asyncio.sleep(delay / 1000)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, ValueError):
        pass
    finally:
        writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    asyncio.run(_serve())
