"""Keeps a user's application away from every broker and result backend but the trial's.

Celery and kombu reach servers through four functions. They are replaced before the first import of the user's code, so
an application that purges a queue or sends a task while it is imported reaches the trial's server. Databases, caches
and everything else that a task uses itself are not isolated.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from celery.app.amqp import AMQP
from celery.app.base import Celery
from kombu import Connection, Queue

from concurrency_lab_inside.app import RESULT_LIFETIME, SHARED_CONNECTIONS, Wiring, for_results
from concurrency_lab_inside.user_code import place_of_stack

#: Queue of the messages that tasks send while they are measured; no worker consumes it.
SINK = "lab.children"
#: Options of a message that name where it goes.
DESTINATION = frozenset({"queue", "exchange", "routing_key", "exchange_type", "router"})


class RefusedConnection(RuntimeError):
    """User code named a broker or a backend other than the trial's."""


def guard(wiring: Wiring, sent: Callable[[str], None]) -> None:
    """Replace how Celery and kombu reach brokers and backends. Call it before user code is imported.

    `sent` is called with the task's name of every message that user code sends.
    """
    _guard_connections(wiring)
    _guard_backends(wiring)
    AMQP.router = _Sink(sent)  # a cached property of the class


def isolate(app: Celery, wiring: Wiring) -> None:
    """Replace the settings of a finalized application that name servers, queues or schedules, or that trials set."""
    options = dict(wiring.options)
    app.conf.update(
        broker_url=wiring.address,
        broker_read_url=wiring.address,
        broker_write_url=wiring.address,
        result_backend=wiring.address,
        broker_transport=None,
        broker_use_ssl=False,
        redis_backend_use_ssl=None,
        broker_login_method=None,
        broker_failover_strategy=None,
        broker_transport_options=options,
        result_backend_transport_options=for_results(options),
        result_expires=RESULT_LIFETIME,
        # The lab reads the facts of a slot as JSON.
        result_serializer="json",
        task_default_queue=wiring.queue,
        task_queues=[Queue(wiring.queue)],
        task_create_missing_queues=True,
        task_default_exchange=None,
        task_default_exchange_type="direct",
        task_default_routing_key=None,
        task_default_queue_type="classic",
        task_routes=None,
        task_queue_max_priority=None,
        task_always_eager=False,
        task_send_sent_event=False,
        beat_schedule={},
        worker_direct=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        # A limit would be all that is measured.
        worker_disable_rate_limits=True,
        worker_state_db=None,
        worker_autoscaler=None,
        worker_hijack_root_logger=False,
        worker_lost_wait=1.0,
        worker_pool_start_method="fork",
        broker_connection_retry_on_startup=True,
        broker_heartbeat=0,
        # The publisher's; Celery refuses to start as root with pickle among them.
        accept_content=["json"],
    )
    if wiring.prefetch is not None:
        app.conf.worker_prefetch_multiplier = wiring.prefetch
    if wiring.shares_backend:
        app.conf.update(result_backend_thread_safe=True, redis_max_connections=SHARED_CONNECTIONS)
    # What the application made of its own settings.
    for made in ("amqp", "control", "events"):
        app.__dict__.pop(made, None)
    app._pool = app._backend_cache = None
    app._local.__dict__.pop("backend", None)


def _guard_connections(wiring: Wiring) -> None:
    mine = Connection(wiring.address)
    here = mine.hostname, mine.port
    establish = Connection._establish_connection

    def guarded(self: Connection) -> Any:
        if (self.hostname, self.port) != here:
            raise RefusedConnection(_refusal(self.as_uri()))
        return establish(self)  # type: ignore[no-untyped-call]  # untyped in kombu itself

    def isolated(self: Celery, url: str | None, *_: object, **__: object) -> Any:
        # Whatever the settings have of SSL, sentinels and transports: there is one broker.
        if url and url != wiring.address:
            raise RefusedConnection(_refusal(Connection(url).as_uri()))
        return self.amqp.Connection(wiring.address, transport_options=dict(wiring.options))

    Connection._establish_connection = guarded  # type: ignore[method-assign]  # that is the point
    Celery._connection = isolated


def _guard_backends(wiring: Wiring) -> None:
    get_backend: Callable[[Celery], Any] = Celery._get_backend

    def own(self: Celery) -> Any:
        self.backend_cls = None
        if self.conf.result_backend != wiring.address:
            raise RefusedConnection(_refusal("another result backend"))
        return get_backend(self)

    Celery._get_backend = own


def _refusal(address: str) -> str:
    """Return why a connection is refused, with the line of user code that asked for it."""
    place = place_of_stack(sys._getframe(1))
    where = f" ({place})" if place else ""
    return f"the lab lets a task reach no broker or backend but the trial's, not {address}{where}"


class _Sink:
    """A router that sends every message, for real, where no worker consumes: its cost is measured, nothing runs."""

    def __init__(self, sent: Callable[[str], None]) -> None:
        self._sent = sent

    def route(self, options: dict[str, Any], name: str, *_: object, **__: object) -> dict[str, Any]:
        """Return the options of a message without its destination."""
        self._sent(name)
        return {**{name: value for name, value in options.items() if name not in DESTINATION}, "queue": Queue(SINK)}
