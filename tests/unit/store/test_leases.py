"""Leases: one holder at a time, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from services.store import keys
from services.store.connection import Client
from services.store.nodes import LEASE_LIFETIME, Lease
from services.store.server import EmbeddedServer
from tests.live import until

KEY = keys.CONDUCTOR


def lifetime(store: Client) -> float:
    """Seconds the server still keeps the lease."""
    return float(store.pttl(KEY)) / 1000


def test_a_lease_is_granted_to_the_first_holder_only(store: Client) -> None:
    first, second = Lease(store, KEY, "first"), Lease(store, KEY, "second")
    assert not first.held()
    assert first.take()
    assert not second.take()
    assert first.held() and second.held()
    assert store.get(KEY) == "first"
    assert LEASE_LIFETIME - 5 < lifetime(store) <= LEASE_LIFETIME


def test_its_holder_may_take_a_lease_again_for_its_whole_time(store: Client) -> None:
    lease = Lease(store, KEY, "first")
    lease.take()
    store.pexpire(KEY, 2000)
    assert lease.take()
    assert lifetime(store) > LEASE_LIFETIME - 5


def test_a_refused_taker_does_not_lengthen_what_another_holds(store: Client) -> None:
    Lease(store, KEY, "first").take()
    store.pexpire(KEY, 2000)
    Lease(store, KEY, "second").take()
    assert lifetime(store) <= 2


def test_a_lease_no_one_renewed_is_free(store: Client) -> None:
    first, second = Lease(store, KEY, "first"), Lease(store, KEY, "second")
    first.take()
    store.pexpire(KEY, 1)
    until(lambda: not first.held(), seconds=10)
    assert second.take()
    assert not first.take()


def test_only_its_holder_can_drop_a_lease(store: Client) -> None:
    first, second = Lease(store, KEY, "first"), Lease(store, KEY, "second")
    first.take()
    second.drop()
    assert store.get(KEY) == "first"
    first.drop()
    assert not first.held()
    first.drop()


class Interrupted(Redis):
    """A client in whose way something happens right before one of its next commands."""

    due = -1
    meddle: Callable[[], object]
    happened = False

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """As any client, but for that."""
        if self.due == 0:
            self.meddle()
            self.happened = True
        self.due -= 1
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


@pytest.fixture
def interrupted(server: EmbeddedServer, store: Client) -> Iterator[Interrupted]:
    """The lease runs out under whoever uses this client, and `second` takes it."""
    with Interrupted.from_url(server.url, decode_responses=True) as client:
        client.meddle = lambda: store.delete(KEY) and Lease(store, KEY, "second").take()
        yield client


@pytest.mark.parametrize("before", range(4))
def test_a_granted_lease_is_held_even_if_another_tries_in_between(
    interrupted: Interrupted, store: Client, before: int
) -> None:
    lease = Lease(interrupted, KEY, "first")
    lease.take()
    interrupted.due = before
    assert lease.take() == (store.get(KEY) == "first")


@pytest.mark.parametrize("before", range(4))
def test_who_drops_a_lease_never_drops_that_of_another_who_comes_between(
    interrupted: Interrupted, store: Client, before: int
) -> None:
    lease = Lease(interrupted, KEY, "first")
    lease.take()
    interrupted.due = before
    lease.drop()
    assert store.get(KEY) == ("second" if interrupted.happened else None)
