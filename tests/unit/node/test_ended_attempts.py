"""What killed processes left on the broker is deleted, and nothing else."""

from __future__ import annotations

from services.broker.redis import RedisBroker
from services.node.serve import forget_ended_attempts
from services.store.connection import Client
from services.store.server import EmbeddedServer


def test_keys_of_an_attempt_go_when_its_lease_is_gone(server: EmbeddedServer, store: Client) -> None:
    for attempt in ("e1-0-dead", "e1-1-alive"):
        store.lpush(f"lab:measured:{attempt}:0:tasks", "a task")
        store.hset(f"lab:measured:{attempt}:1:unacked", "tag", "a task")
    assert forget_ended_attempts(RedisBroker(server.url), {"e1-1-alive"}.__contains__) == 2
    left = {str(key) for key in store.scan_iter("lab:measured:*")}
    assert left == {"lab:measured:e1-1-alive:0:tasks", "lab:measured:e1-1-alive:1:unacked"}


def test_a_broker_without_leftovers_stays_as_it_is(server: EmbeddedServer, store: Client) -> None:
    store.set("lab:experiment:e1", "kept")
    assert forget_ended_attempts(RedisBroker(server.url), lambda _: False) == 0
    assert store.get("lab:experiment:e1") == "kept"
