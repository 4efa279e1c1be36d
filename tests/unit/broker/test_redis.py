"""Redis as the broker under test, on a real server."""

from __future__ import annotations

import json
import queue
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from services.broker.contract import Place
from services.broker.redis import FILLING, RedisBroker, prefix, result_key
from services.core.errors import BrokerUnreachable
from services.store.connection import Client, connect
from services.store.server import EmbeddedServer
from tests.live import free_port, until

PLACE = Place(attempt="e1-3-abc", share=0)
PREFIX = prefix(PLACE)


@pytest.fixture
def broker(server: EmbeddedServer, store: Client) -> RedisBroker:
    """A broker on which nothing is kept yet."""
    return RedisBroker(server.url)


def test_an_opened_queue_has_all_that_was_filled_in_its_order(broker: RedisBroker, store: Client) -> None:
    store.lpush(f"{PREFIX}tasks{FILLING}", *range(1000))
    assert not store.exists(f"{PREFIX}tasks")
    broker.open(PLACE, "tasks")
    assert store.keys() == [f"{PREFIX}tasks"]
    assert [store.rpop(f"{PREFIX}tasks") for _ in range(1000)] == [str(number) for number in range(1000)]


def test_a_worker_that_waits_for_tasks_has_the_first_as_soon_as_the_queue_opens(
    broker: RedisBroker, store: Client, server: EmbeddedServer
) -> None:
    got: queue.SimpleQueue[object] = queue.SimpleQueue()

    def wait() -> None:
        with connect(server.url, timeout=30) as client:
            got.put("about to wait")
            got.put(client.brpop([f"{PREFIX}tasks"], timeout=20))

    thread = threading.Thread(target=wait)
    thread.start()
    assert got.get(timeout=10) == "about to wait"
    until(lambda: store.info("clients")["blocked_clients"], seconds=10)
    store.lpush(f"{PREFIX}tasks{FILLING}", "first", "second")
    assert got.empty()
    broker.open(PLACE, "tasks")
    assert got.get(timeout=10) == (f"{PREFIX}tasks", "first")
    thread.join()


def test_a_queue_that_was_never_filled_cannot_be_opened(broker: RedisBroker) -> None:
    with pytest.raises(BrokerUnreachable, match="no such key"):
        broker.open(PLACE, "tasks")


@pytest.mark.parametrize("strange", ["*", "?", "[a-z]", "[^x]", "\\", "\\*", "{e1}", "ä", "a b"])
def test_what_is_forgotten_is_what_begins_with_the_prefix_and_nothing_else(
    broker: RedisBroker, store: Client, strange: str
) -> None:
    place = Place(attempt=strange, share=0)
    begins = prefix(place)
    others = {"lab:measured:a:0:tasks", "lab:measured:ab:0:tasks", f"lab:measured:{strange}:1:tasks", f"x{begins}", "*"}
    for name in (begins, f"{begins}tasks", f"{begins}_kombu.binding.*", *others):
        store.set(name, "kept")
    broker.forget(place)
    assert set(store.keys()) == others
    broker.forget(place)


@pytest.mark.parametrize("count", [1000, 1001, 2500])
def test_however_much_was_left_all_of_it_is_forgotten(broker: RedisBroker, store: Client, count: int) -> None:
    store.mset({result_key(PREFIX, str(number)): "{}" for number in range(count)})
    store.lpush(f"{PREFIX}tasks", "1")
    store.hset(f"{PREFIX}unacked", "1", "2")
    broker.forget(PLACE)
    assert store.dbsize() == 0


def test_the_outcome_of_a_task_is_its_result_or_its_error(broker: RedisBroker, store: Client) -> None:
    error = {"exc_type": "ValueError", "exc_message": ["no"], "exc_module": "builtins"}
    store.set(result_key(PREFIX, "1"), json.dumps({"status": "SUCCESS", "result": {"gil": True}}))
    store.set(result_key(PREFIX, "2"), json.dumps({"status": "FAILURE", "result": error}))
    assert broker.outcome(PLACE, "1") == (True, {"gil": True})
    assert broker.outcome(PLACE, "2") == (False, error)
    assert broker.outcome(PLACE, "3") is None


def test_the_server_states_its_name_and_version(broker: RedisBroker) -> None:
    name, version = broker.version().split(" ")
    assert name in ("valkey", "redis")
    assert version.count(".") == 2 and version.replace(".", "").isdecimal()
    assert version != "7.2.4", "Valkey names the Redis version it is compatible with first"


def test_what_the_server_has_used_is_what_its_process_has(broker: RedisBroker, store: Client) -> None:
    before = broker.cpu()
    store.eval("for _ = 1, 1e7 do end", 0)
    used = broker.cpu()
    times = psutil.Process(store.info("server")["process_id"]).cpu_times()
    assert used > before + 0.01
    assert used == pytest.approx(times.user + times.system, abs=0.05)


def test_a_server_that_may_not_be_asked_what_it_used_cannot_serve(server: EmbeddedServer, store: Client) -> None:
    store.acl_setuser("shy", enabled=True, passwords=["+secret"], keys=["*"], commands=["+@all", "-info"])
    address = urlsplit(server.url)
    with pytest.raises(BrokerUnreachable, match="Redis cannot serve the lab"):
        RedisBroker(f"redis://shy:secret@{address.hostname}:{address.port}").cpu()


def test_places_are_read_from_the_names_of_keys_and_other_keys_are_no_places(
    broker: RedisBroker, store: Client
) -> None:
    for name in (f"{PREFIX}tasks", f"{PREFIX}unacked", "lab:measured:e2-0-abc:12:tasks", "lab:measured:e3", "lab:open"):
        store.set(name, "kept")
    assert broker.places() == {PLACE, Place(attempt="e2-0-abc", share=12)}


def test_no_place_begins_with_the_prefix_of_another() -> None:
    first = prefix(Place(attempt="e1-3-abc", share=1))
    assert not prefix(Place(attempt="e1-3-abc", share=10)).startswith(first)
    assert not prefix(Place(attempt="e1-3-abcd", share=1)).startswith(first)


def test_a_share_is_forgotten_without_any_other_of_its_attempt(broker: RedisBroker, store: Client) -> None:
    tenth = Place(attempt=PLACE.attempt, share=10)
    first = Place(attempt=PLACE.attempt, share=1)
    for place in (first, tenth):
        store.set(f"{prefix(place)}tasks", "kept")
    broker.forget(first)
    assert broker.places() == {tenth}


def test_the_id_of_a_run_changes_when_the_server_is_started_again(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        broker = RedisBroker(server.url)
        first = broker.ping()
        assert broker.ping() == first
        server.kill()
        server.start()
        assert broker.ping() != first


def test_no_method_lets_an_error_of_redis_through() -> None:
    broker = RedisBroker(f"redis://127.0.0.1:{free_port()}/0")
    calls = [
        lambda: broker.open(PLACE, "tasks"),
        lambda: broker.outcome(PLACE, "1"),
        lambda: broker.forget(PLACE),
        broker.places,
        broker.ping,
        broker.cpu,
        broker.machine,
        broker.version,
    ]
    for call in calls:
        with pytest.raises(BrokerUnreachable, match="the broker under test failed: Redis does not answer"):
            call()
