"""The Celery app of a measured worker: stock settings but for those that a figure depends on and a trial records."""

from __future__ import annotations

from typing import Any, NamedTuple

from celery import Celery
from kombu import Queue

#: Task that runs the workload.
WORK = "lab.work"
#: The same, once all rows of the message's header MEETING have started: then every slot has one.
WARM = "lab.warm"
#: Header of WARM's messages: the first of the rows that wait for each other, and their number.
MEETING = "lab_meeting"
#: Task that returns a result of the same kind without the work: what is left is the cost of carrying it.
EMPTY = "lab.empty"
#: Task that returns facts about the interpreter of its slot.
FACTS = "lab.facts"
#: Tasks that have a row in the span table.
SPANNED = frozenset({WORK, WARM, EMPTY})
#: Ends the prefix of results. Celery 5.3 and 5.4 put "_" after any prefix, later ones only after a letter or digit.
RESULTS = "results"
#: Seconds after which a forgotten result goes away by itself.
RESULT_LIFETIME = 600
#: Connections of a result backend that all slots share: more than there can be slots. redis-py's own limit is 100.
SHARED_CONNECTIONS = 1024


class Wiring(NamedTuple):
    """Settings that the publisher and the measured worker of one trial share."""

    #: URL of the broker under test, which also stores results.
    address: str
    #: Transport options of broker and result backend.
    options: dict[str, Any]
    queue: str
    #: `worker_prefetch_multiplier`; 0 = no limit; None = the application's own.
    prefetch: int | None
    #: `result_backend_thread_safe`: one result backend for all slots instead of one a thread or greenlet.
    shares_backend: bool = False


def create_app(wiring: Wiring, *, stores_results: bool) -> Celery:
    """Return an app on the trial's own queue. It connects to nothing yet. The publisher has no use for results."""
    backend = wiring.address if stores_results else None
    app = Celery("measured", broker=wiring.address, backend=backend, set_as_current=False)
    app.conf.update(
        broker_transport_options=dict(wiring.options),
        result_backend_transport_options=for_results(wiring.options),
        result_expires=RESULT_LIFETIME,
        result_backend_thread_safe=wiring.shares_backend,
        # A backend per slot, the default, needs one connection each; a shared one needs as many as there are slots.
        redis_max_connections=SHARED_CONNECTIONS if wiring.shares_backend else None,
        task_default_queue=wiring.queue,
        task_queues=[Queue(wiring.queue)],
        worker_prefetch_multiplier=wiring.prefetch,
        # One pub/sub connection less in the figure; the lab controls a measured worker by its process.
        worker_enable_remote_control=False,
        # A killed prefork child is reported after this many seconds instead of ten.
        worker_lost_wait=1.0,
        broker_connection_retry_on_startup=True,
        worker_send_task_events=False,
    )
    return app


def for_results(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with a prefix of keys that every Celery from 5.3 on takes for the same."""
    prefix = options.get("global_keyprefix", "")
    return {**options, "global_keyprefix": f"{prefix}{RESULTS}"}
