"""The order to run what is open, as a Celery task."""

from __future__ import annotations

from celery import Celery
from kombu.exceptions import OperationalError

from services.core.errors import StoreUnreachable
from services.store.control_app import control_app

RUN = "conductor.run"
QUEUE = "conductor"


class RunOrder:
    """The order to the conductor to run what is queued. Sending it twice is harmless: the ledger holds the queue."""

    def __init__(self, redis_url: str) -> None:
        self._app: Celery = control_app("lab", redis_url)

    def send(self) -> None:
        """Send the order. Raises StoreUnreachable."""
        try:
            self._app.send_task(RUN, queue=QUEUE, ignore_result=True, retry=False)
        except OperationalError as error:
            raise StoreUnreachable(f"Redis does not answer: {error}") from error
