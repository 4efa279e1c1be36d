"""Messages on the lab's own queues: an order passes, anything else does not."""

from __future__ import annotations

from services.core.codec import Unreadable
from services.store.connection import Client
from services.store.message_check import check
from services.store.server import EmbeddedServer
from tests.unit.store.orders import damaged, order


def passes(message: object) -> bool:
    try:
        check(message)
    except Unreadable:
        return False
    return True


def test_an_order_of_the_lab_passes(store: Client, server: EmbeddedServer) -> None:
    assert passes(order(store, server.url))


def test_a_damaged_order_does_not_pass(store: Client, server: EmbeddedServer) -> None:
    messages = damaged(order(store, server.url))
    assert [wrong for wrong, message in messages.items() if passes(message)] == []


def test_a_message_that_is_no_object_does_not_pass() -> None:
    assert not any(map(passes, (5, {}, [1], "text", None)))
