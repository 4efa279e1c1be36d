"""Read the calls that wait in a Celery queue on Redis, and take none of them out."""

from __future__ import annotations

import base64
import bz2
import json
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from redis import Redis

from services.core.codec import Unreadable
from services.core.errors import BrokerUnreachable, InvalidRequest, NotFound, Problem, StoreUnreachable
from services.core.safe_text import plain
from services.core.task_reference import TaskCall
from services.store.connection import reaching

#: Kombu's Redis transport keeps a list per priority: `queue`, then `queue`, this, and the priority.
PRIORITY_SEPARATOR: Final = "\x06\x16"
#: Priorities are a byte.
PRIORITIES: Final = 256
#: Messages per command: the server answers others in between.
BATCH: Final = 100
#: Largest body that is read, unpacked, in bytes.
LARGEST: Final = 8 * 1024 * 1024


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


#: By the name that kombu gives the compression of a message.
_COMPRESSIONS: Final[Mapping[str, Callable[[], _Decompressor]]] = {
    "application/x-gzip": zlib.decompressobj,
    "application/x-bz2": bz2.BZ2Decompressor,
    "application/x-lzma": lzma.LZMADecompressor,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCalls:
    """What was found in a queue; the queue is as it was."""

    #: The oldest first. Typed values (a date, a UUID) stay as kombu writes them, so a worker reads them as typed.
    calls: tuple[TaskCall, ...]
    #: Messages that were read and are no usable call, by the reason.
    skipped: Mapping[str, int]
    #: Messages that the queue held, all priorities together.
    waiting: int


class _Skipped(Exception):
    """The message is no usable call; the text is the reason."""


def waiting_calls(url: str, queue: str, *, task: str | None = None, most: int = 1000, prefix: str = "") -> WaitingCalls:
    """Read at most the `most` oldest messages of `queue` on the Redis server at `url`; keep the calls of `task`.

    `prefix` is the application's `global_keyprefix`. Only LLEN and LRANGE are sent. Raises InvalidRequest for
    another kind of broker, NotFound for an empty or unknown queue, BrokerUnreachable.
    """
    client = _client(url)
    try:
        with reaching():
            lists = _lists(client, prefix + queue)
            waiting = sum(lists.values())
            if not waiting:
                raise NotFound(f"no message waits in the queue {queue!r}: workers may have taken all of them")
            messages = [message for name in lists for message in _oldest(client, name, min(most, lists[name]))][:most]
    except (StoreUnreachable, Unreadable) as error:
        raise BrokerUnreachable(f"the queue could not be read: {error}") from error
    finally:
        client.close()
    calls, skipped = [], Counter[str]()
    for message in messages:
        try:
            calls.append(_call(message, task))
        except _Skipped as reason:
            skipped[str(reason)] += 1
    return WaitingCalls(calls=tuple(calls), skipped=dict(skipped), waiting=waiting)


def _client(url: str) -> Redis:
    """Return a client that changes no byte of a message."""
    scheme = url.partition(":")[0]
    if scheme not in ("redis", "rediss", "unix"):
        allowed = "must begin with redis://, rediss:// or unix://: other brokers cannot be read without taking messages"
        raise InvalidRequest([Problem("broker", f"{scheme}://…", allowed)])
    try:
        return Redis.from_url(url, socket_timeout=5.0, socket_connect_timeout=5.0)
    except ValueError:
        # Its text may hold a part of the password.
        allowed = "is no usable address: other characters than letters and digits of a password must be %-encoded"
        raise InvalidRequest([Problem("broker", f"{scheme}://…", allowed)]) from None


def _lists(client: Redis, queue: str) -> dict[str, int]:
    """Return the lists of the queue that hold messages, and how many; asked for by name, so that nothing is scanned."""
    names = [queue, *(f"{queue}{PRIORITY_SEPARATOR}{priority}" for priority in range(PRIORITIES))]
    with client.pipeline(transaction=False) as pipeline:
        for name in names:
            pipeline.llen(name)
        lengths = pipeline.execute()
    return {name: length for name, length in zip(names, lengths, strict=True) if length}


def _oldest(client: Redis, name: str, count: int) -> Iterator[bytes]:
    """Yield the oldest messages of a list: kombu pushes on the left and takes from the right."""
    for start in range(0, count, BATCH):
        batch: list[Any] = client.lrange(name, -min(start + BATCH, count), -start - 1)
        yield from reversed(batch)


def _call(message: bytes, task: str | None) -> TaskCall:
    """Return the call in a message of Celery's protocol 2, or of 1. Raises _Skipped."""
    envelope = _json(message, "no JSON envelope")
    if not isinstance(envelope, dict):
        raise _Skipped("no JSON envelope")
    headers, properties = (_table(envelope, name) for name in ("headers", "properties"))
    kind = envelope.get("content-type")
    if kind != "application/json":
        raise _Skipped(f"serializer {plain(kind)}: only JSON is read")
    body = _json(_unpacked(envelope.get("body"), headers, properties), "a body that is no JSON")
    match body:
        case [list(args), dict(kwargs), *_]:
            name = headers.get("task")
        case {"task": name, "args": list(args), "kwargs": dict(kwargs)}:
            pass
        case _:
            raise _Skipped("no message of Celery")
    if task is not None and name != task:
        raise _Skipped(f"task {plain(name)}")
    return TaskCall(args=tuple(args), kwargs=kwargs)


def _table(envelope: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a part of an envelope; empty if it is absent. Raises _Skipped."""
    part = envelope.get(name) or {}
    if not isinstance(part, dict):
        raise _Skipped(f"{name} that are no JSON object")
    return part


def _unpacked(body: object, headers: Mapping[str, Any], properties: Mapping[str, Any]) -> bytes:
    """Return the body as it was before kombu encoded and compressed it. Raises _Skipped."""
    if not isinstance(body, str):
        raise _Skipped("no body")
    encoded = properties.get("body_encoding") == "base64"
    try:
        data = base64.b64decode(body, validate=True) if encoded else body.encode()
    except ValueError:  # letters that are not ASCII, or a half of a surrogate pair
        raise _Skipped("a body that is no base64" if encoded else "a body that is no text") from None
    compression = headers.get("compression")
    if compression is None:
        return _limited(data)
    if not isinstance(compression, str) or compression not in _COMPRESSIONS:
        raise _Skipped(f"compression {plain(compression)}")
    try:
        return _limited(_COMPRESSIONS[compression]().decompress(data, LARGEST + 1))
    except (zlib.error, OSError, lzma.LZMAError):
        raise _Skipped(f"a body that is not compressed as {compression}") from None


def _limited(data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise _Skipped(f"a body over {LARGEST // 1024**2} MiB")
    return data


def _json(text: bytes, reason: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _Skipped(reason) from None
