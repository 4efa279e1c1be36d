"""The order to run an experiment, as a Celery task."""

from __future__ import annotations

from celery import Celery
from kombu.exceptions import OperationalError

from services.core.errors import StoreUnreachable
from services.store.control import control_app

RUN = "conductor.run"
QUEUE = "conductor"


class Orders:
    """Sends experiments to the conductor. Sending one twice is harmless: the ledger says what is left to do."""

    def __init__(self, redis_url: str) -> None:
        self._app: Celery = control_app("lab", redis_url)

    def send(self, id: str) -> None:
        """Raises StoreUnreachable. The experiment runs all the same once a conductor starts: it is in the ledger."""
        try:
            self._app.send_task(RUN, args=(id,), queue=QUEUE, ignore_result=True, retry=False)
        except OperationalError as error:
            raise StoreUnreachable(f"Redis does not answer: {error}") from error
