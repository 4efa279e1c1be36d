"""The publisher of one trial leaves nothing behind in the agent, which lives for thousands of trials."""

from __future__ import annotations

import gc

from celery import Celery
from kombu import pools

from concurrency_lab_inside.app import Wiring, create_app
from services.core.task_reference import TaskCall, TaskReference
from services.node.publisher import Publisher
from services.node.spanfile import SpanFile
from services.store.connection import Client
from services.store.server import EmbeddedServer

TASK = TaskReference(function="anywhere:any", calls=(TaskCall(kwargs={"limit": 10}),))


def trial(url: str, number: int) -> None:
    """What one trial does with its publisher."""
    spans = SpanFile()
    options = {"global_keyprefix": f"lab:measured:p{number}:0:"}
    app = create_app(Wiring(address=url, options=options, queue="tasks", prefetch=4), stores_results=False)
    publisher = Publisher(app, "tasks", "tasks.filling", TASK, spans)
    publisher.fill(3)
    publisher.ping()
    publisher.ask_facts()
    publisher.close()
    spans.close()


def kept() -> int:
    """Pools of kombu, and apps that are still there."""
    gc.collect()
    apps = sum(isinstance(one, Celery) for one in gc.get_objects())
    return len(pools.connections) + len(pools.producers) + apps


def test_fifty_trials_leave_no_pools_and_no_apps_in_the_agent(server: EmbeddedServer, store: Client) -> None:
    for number in range(3):
        trial(server.url, number)
    before = kept()
    for number in range(3, 53):
        trial(server.url, number)
    assert kept() - before < 5, "one more or less may wait for its collection"


def test_what_was_published_is_in_the_queue_of_the_trial(server: EmbeddedServer, store: Client) -> None:
    trial(server.url, 0)
    assert store.llen("lab:measured:p0:0:tasks.filling") == 3
    assert store.llen("lab:measured:p0:0:tasks") == 2
