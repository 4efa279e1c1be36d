"""Workloads that wait: for time to pass, a server or a file system."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead
from typing import Annotated

from workloads.contract import Cost, OneOf, Within, workload


def _cost_of_wait(*, milliseconds: int) -> Cost:
    return Cost(waits=milliseconds / 1000)


def _cost_of_http_get(*, delay_milliseconds: int, kilobytes: int) -> Cost:
    return Cost(
        held=0.001,
        released=5e-7 * kilobytes,
        waits=0.001 + delay_milliseconds / 1000,
        memory=3 * 1024 * kilobytes,
    )


def _cost_of_file(*, kilobytes: int, sync: str) -> Cost:
    disk = 0.001 + 5e-6 * kilobytes if sync == "yes" else 0.0
    return Cost(held=0.0001, released=1.5e-6 * kilobytes, waits=disk, memory=2 * 1024 * kilobytes)


@workload(family="io", gil="waits", description="Sleep, and do nothing else.", cost=_cost_of_wait)
def wait(*, milliseconds: Annotated[int, Within(0, 10_000, "ms", "Time asleep")] = 20) -> None:
    """Sleep for `milliseconds`."""
    time.sleep(milliseconds / 1000)


@workload(
    family="io",
    gil="waits",
    description="Fetch a page from a web server on this machine, over a new connection.",
    services=frozenset({"http"}),
    cost=_cost_of_http_get,
)
def http_get(
    *,
    delay_milliseconds: Annotated[int, Within(0, 5_000, "ms", "Time the server waits before it answers")] = 10,
    kilobytes: Annotated[int, Within(0, 1024, "KiB", "Size of the answer")] = 1,
) -> int:
    """Return the size of the answer in bytes.

    Raises RuntimeError when LAB_HTTP_PORT is not set, OSError when no answer comes or not the one asked for.
    """
    port = os.environ.get("LAB_HTTP_PORT")
    if not port:
        raise RuntimeError("LAB_HTTP_PORT is not set: http_get needs the node's http service")
    expected = kilobytes * 1024
    path = f"/?delay={delay_milliseconds}&bytes={expected}"
    with closing(HTTPConnection("127.0.0.1", int(port), timeout=10)) as connection:
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        try:
            body = answer.read()
        except IncompleteRead as error:
            body = error.partial
    if answer.status != 200:
        raise OSError(f"GET {path} on port {port} was answered with status {answer.status}, not 200")
    if len(body) != expected:
        raise OSError(f"GET {path} on port {port} was answered with {len(body)} bytes, not {expected}")
    return len(body)


@workload(
    family="io",
    gil="waits",
    description="Write a temporary file, read it back and delete it. Blocks all greenlets of a gevent worker.",
    cost=_cost_of_file,
)
def file_write_read(
    *,
    kilobytes: Annotated[int, Within(1, 65_536, "KiB", "Size of the file")] = 1024,
    sync: Annotated[str, OneOf(("no", "yes"), "Wait until the file is on the disk (fsync)")] = "no",
) -> int:
    """Return the size of the file in bytes. Raises OSError when less is read than was written.

    The file has no name, so a worker killed half-way leaves nothing behind. It is in the folder TMPDIR names; fsync
    costs nothing where that folder is kept in memory.
    """
    expected = kilobytes * 1024
    with tempfile.TemporaryFile() as file:
        file.write(bytes(expected))
        file.flush()
        if sync == "yes":
            os.fsync(file.fileno())
        file.seek(0)
        found = len(file.read())
    if found != expected:
        raise OSError(f"wrote {expected} bytes to a temporary file and read {found} back")
    return found
