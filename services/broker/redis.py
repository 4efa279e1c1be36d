"""Redis, or Valkey, as the broker under test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from concurrency_lab_inside.app import RESULTS
from services.broker.contract import LONGEST_PING, Place
from services.core.codec import Unreadable
from services.core.environment import Machine
from services.core.errors import BrokerUnreachable, StoreUnreachable
from services.core.units import Seconds
from services.store.connection import connect, reaching
from services.store.serverinfo import ServerInfo

#: Prefix of all keys of measured workers and their publishers. It begins with `lab:`, so the lab can share a server.
MEASURED = "lab:measured:"
#: Ending of the name of the list in which tasks wait until the queue opens.
FILLING = ".filling"
#: Keys per command.
BATCH = 1000


class RedisBroker:
    """A `Broker` over the Redis protocol."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = connect(url)
        self._info = ServerInfo(self._client)
        # A connection of its own: a ping that waits keeps no other command waiting.
        self._patient = ServerInfo(connect(url, timeout=LONGEST_PING))

    @property
    def address(self) -> str:
        """As given."""
        return self._url

    def options(self, place: Place) -> dict[str, object]:
        """Return a prefix for all keys."""
        return {"global_keyprefix": prefix(place)}

    def filling(self, queue: str) -> str:
        """Another list, which `open` renames."""
        return queue + FILLING

    def open(self, place: Place, queue: str) -> None:
        """Rename the filled list, in one atomic step.

        A rename wakes the worker's blocked BRPOP at once; a consumer added to another queue would wait until the
        BRPOP on the first times out, up to 1 s (docs/adr/0004).
        """
        with _reaching():
            self._client.rename(f"{prefix(place)}{queue}{FILLING}", f"{prefix(place)}{queue}")

    def outcome(self, place: Place, task: str) -> tuple[bool, object] | None:
        """Read what Celery's Redis backend stored."""
        with _reaching():
            text = self._client.get(result_key(prefix(place), task))
        if text is None:
            return None
        stored = json.loads(text)
        return stored["status"] == "SUCCESS", stored["result"]

    def forget(self, place: Place) -> None:
        """Delete every key of the place."""
        with _reaching():
            batch: list[str] = []
            for key in self._client.scan_iter(match=f"{_literal(prefix(place))}*", count=5000):
                batch.append(key)
                if len(batch) == BATCH:
                    self._client.unlink(*batch)
                    batch.clear()
            if batch:
                self._client.unlink(*batch)

    def places(self) -> frozenset[Place]:
        """Read the places from the names of all keys."""
        with _reaching():
            names = [str(key) for key in self._client.scan_iter(match=f"{MEASURED}*", count=5000)]
        return frozenset(place for name in names if (place := _place(name)) is not None)

    def ping(self) -> str:
        """Return the server's `run_id`."""
        with _reaching():
            return self._patient.run()

    def cpu(self) -> Seconds:
        """Return it as the server reports it."""
        with _reaching():
            return self._info.cpu()

    def machine(self) -> Machine:
        """Return it as the server reports it."""
        with _reaching():
            return self._info.machine()

    def version(self) -> str:
        """Return it as the server reports it."""
        with _reaching():
            return self._info.version()


def prefix(place: Place) -> str:
    """Prefix of every key of a place."""
    return f"{MEASURED}{place.attempt}:{place.share}:"


def result_key(beginning: str, task: str) -> str:
    """Return where Celery keeps the result of a measured task, given the prefix of its place."""
    return f"{beginning}{RESULTS}_celery-task-meta-{task}"


def _place(key: str) -> Place | None:
    attempt, _, rest = key.removeprefix(MEASURED).partition(":")
    share = rest.partition(":")[0]
    return Place(attempt=attempt, share=int(share)) if share.isdecimal() else None


def _literal(text: str) -> str:
    """Return `text` as a SCAN pattern that matches nothing else."""
    return "".join(f"\\{letter}" if letter in "*?[]\\" else letter for letter in text)


@contextmanager
def _reaching() -> Iterator[None]:
    """Turn what redis raises inside into BrokerUnreachable, with the reason."""
    try:
        with reaching():
            yield
    except (StoreUnreachable, Unreadable) as error:
        raise BrokerUnreachable(f"the broker under test failed: {error}") from error
