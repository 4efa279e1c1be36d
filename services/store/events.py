"""Changes of an experiment, published in order."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from redis.client import Pipeline

from services.core.report import Change, Event
from services.core.units import Seconds
from services.store import keys
from services.store.connection import Client, reaching

#: Events that are kept of an experiment, about; who was away for longer sees the page as it is now, not how it came.
KEPT: Final = 1000
#: Comes before every event.
FIRST: Final = "0"


def publish(pipe: Pipeline, id: str, change: Change, data: str) -> None:
    """Add an event to what `pipe` is about to change."""
    pipe.xadd(keys.events(id), {"kind": change.value, "data": data}, maxlen=KEPT, approximate=True)


class Events:
    """The changes of all experiments. Every method raises StoreUnreachable when Redis does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def last(self, id: str) -> str:
        """Return the id of the latest event of an experiment; FIRST when there was none."""
        with reaching():
            found: Any = self._client.xrevrange(keys.events(id), count=1)
        return str(found[0][0]) if found else FIRST

    def after(self, id: str, last: str, *, patience: Seconds) -> tuple[Event, ...]:
        """Events after `last`, oldest first; waits up to `patience` for one, which is less than the client's timeout.

        An event that cannot be read (unknown kind, data that is not JSON) is left out. Raises ValueError for an id
        that no event can have.
        """
        _checked(last)
        deadline = time.monotonic() + patience
        while True:
            left = deadline - time.monotonic()
            with reaching():
                found: Any = self._client.xread({keys.events(id): last}, block=max(1, int(left * 1000)))
            entries = [entry for _, several in found or () for entry in several]
            if (readable := tuple(_readable(entries))) or not entries or left <= 0:
                return readable
            last = str(entries[-1][0])


def _readable(entries: Sequence[tuple[str, Mapping[str, str]]]) -> Iterator[Event]:
    for id, fields in entries:
        kind, data = fields.get("kind"), fields.get("data", "")
        if kind in set(Change) and _is_json(data):
            yield Event(id=str(id), change=Change(kind), data=data)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _checked(last: str) -> None:
    moment, dash, number = last.partition("-")
    if not (moment.isascii() and moment.isdigit() and len(moment) < 20) or (
        dash and not (number.isascii() and number.isdigit() and len(number) < 20)
    ):
        raise ValueError(f"no event can be called {last!r}")
