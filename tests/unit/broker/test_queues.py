"""Queues of measured workers in a real server."""

from __future__ import annotations

import json
import queue
import threading
from urllib.parse import urlsplit

import psutil
import pytest

from services.broker.queues import FILLING, Queues
from services.core.errors import StoreUnreachable
from services.store.connection import Client, connect
from services.store.server import EmbeddedServer
from tests.live import until

PREFIX = "lab:measured:e1-3-abc:0:"


@pytest.fixture
def queues(store: Client) -> Queues:
    return Queues(store)


def test_an_opened_queue_has_all_that_was_filled_in_its_order(queues: Queues, store: Client) -> None:
    store.lpush(f"{PREFIX}tasks{FILLING}", *range(1000))
    assert not store.exists(f"{PREFIX}tasks")
    queues.open(PREFIX, "tasks")
    assert store.keys() == [f"{PREFIX}tasks"]
    assert [store.rpop(f"{PREFIX}tasks") for _ in range(1000)] == [str(number) for number in range(1000)]


def test_a_worker_that_waits_for_tasks_has_the_first_as_soon_as_the_queue_opens(
    queues: Queues, store: Client, server: EmbeddedServer
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
    queues.open(PREFIX, "tasks")
    assert got.get(timeout=10) == (f"{PREFIX}tasks", "first")
    thread.join()


def test_a_queue_that_was_never_filled_cannot_be_opened(queues: Queues) -> None:
    with pytest.raises(StoreUnreachable, match="no such key"):
        queues.open(PREFIX, "tasks")


@pytest.mark.parametrize("strange", ["*", "?", "[a-z]", "[^x]", "\\", "\\*", "{e1}", "ä", "a b"])
def test_what_is_forgotten_is_what_begins_with_the_prefix_and_nothing_else(
    queues: Queues, store: Client, strange: str
) -> None:
    prefix = f"lab:measured:{strange}:0:"
    others = {"lab:measured:a:0:tasks", "lab:measured:ab:0:tasks", f"lab:measured:{strange}:1:tasks", f"x{prefix}", "*"}
    for name in (prefix, f"{prefix}tasks", f"{prefix}_kombu.binding.*", *others):
        store.set(name, "kept")
    queues.forget(prefix)
    assert set(store.keys()) == others
    queues.forget(prefix)


@pytest.mark.parametrize("count", [1000, 1001, 2500])
def test_however_much_was_left_all_of_it_is_forgotten(queues: Queues, store: Client, count: int) -> None:
    store.mset({f"{PREFIX}celery-task-meta-{number}": "{}" for number in range(count)})
    store.lpush(f"{PREFIX}tasks", "1")
    store.hset(f"{PREFIX}unacked", "1", "2")
    queues.forget(PREFIX)
    assert store.dbsize() == 0


def test_the_outcome_of_a_task_is_its_result_or_its_error(queues: Queues, store: Client) -> None:
    error = {"exc_type": "ValueError", "exc_message": ["no"], "exc_module": "builtins"}
    store.set(f"{PREFIX}celery-task-meta-1", json.dumps({"status": "SUCCESS", "result": {"gil": True}}))
    store.set(f"{PREFIX}celery-task-meta-2", json.dumps({"status": "FAILURE", "result": error}))
    assert queues.outcome(PREFIX, "1") == (True, {"gil": True})
    assert queues.outcome(PREFIX, "2") == (False, error)
    assert queues.outcome(PREFIX, "3") is None


def test_the_server_says_its_name_and_version(queues: Queues) -> None:
    name, version = queues.server().split(" ")
    assert name in ("valkey", "redis")
    assert version.count(".") == 2 and version.replace(".", "").isdecimal()
    assert version != "7.2.4", "Valkey names the Redis version it is compatible with first"


def test_what_the_server_has_used_is_what_its_process_has(queues: Queues, store: Client) -> None:
    before = queues.server_cpu()
    store.eval("for _ = 1, 1e7 do end", 0)
    used = queues.server_cpu()
    times = psutil.Process(store.info("server")["process_id"]).cpu_times()
    assert used > before + 0.01
    assert used == pytest.approx(times.user + times.system, abs=0.05)


def test_a_server_that_may_not_be_asked_what_it_used_cannot_serve(server: EmbeddedServer, store: Client) -> None:
    store.acl_setuser("shy", enabled=True, passwords=["+secret"], keys=["*"], commands=["+@all", "-info"])
    address = urlsplit(server.url)
    with (
        connect(f"redis://shy:secret@{address.hostname}:{address.port}") as client,
        pytest.raises(StoreUnreachable, match="Redis cannot serve the lab"),
    ):
        Queues(client).server_cpu()
