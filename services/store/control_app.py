"""Settings of the Celery apps through which the lab's own processes talk."""

from __future__ import annotations

import os
import threading

from celery import Celery

from services.store import keys, message_check
from services.store.refused_messages import Refused

#: Seconds that an answer waits to be fetched: that of an order which was given up never is.
ANSWER_LIFETIME = 300
#: Seconds that a process has to end in peace; less than the supervisor's patience.
FAREWELL = 2.5


def control_app(name: str, redis_url: str) -> Celery:
    """Return an app for agents or conductor; its keys are separate from those of measured workers."""
    app = Celery(name, broker=redis_url, backend=redis_url, set_as_current=False)
    app.conf.update(
        broker_transport="services.store.message_check:Transport",
        broker_transport_options={"global_keyprefix": keys.CONTROL, message_check.OPTION: Refused(redis_url).keep},
        result_backend_transport_options={"global_keyprefix": keys.CONTROL},
        result_expires=ANSWER_LIFETIME,
        broker_connection_retry_on_startup=True,
        # The lab works again when Redis answers again, however long that takes.
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        # A process that waits for an answer inside a task waits for another worker, so it cannot wait for itself.
        task_publish_retry=False,
    )
    return app


def leave_in_time() -> None:
    """Make this process end soon, even if Celery waits; to be called at the signal to end.

    Celery's shutdown waits for the broker: minutes for one whose host is gone, for ever for one that hangs.
    """
    timer = threading.Timer(FAREWELL, os._exit, args=(0,))
    timer.daemon = True
    timer.start()
