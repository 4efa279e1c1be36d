"""Messages on the lab's own queues that were no orders, kept so that their sender can be found."""

from __future__ import annotations

import json
import logging
import time

from services.core.errors import StoreUnreachable
from services.store import keys
from services.store.connection import connect, reaching

#: Messages that are kept, and characters of each.
KEPT = 100
LONGEST = 2000
log = logging.getLogger(__name__)


class Refused:
    """The last KEPT messages that were set aside."""

    def __init__(self, redis_url: str) -> None:
        self._client = connect(redis_url)

    def keep(self, queue: str, message: str, reason: str) -> None:
        """Keep the beginning of a message. A store that does not answer does not end the worker."""
        one = {"at": time.time(), "queue": queue, "reason": reason, "message": message[:LONGEST]}
        try:
            with reaching(), self._client.pipeline(transaction=True) as pipe:
                pipe.lpush(keys.REFUSED, json.dumps(one))
                pipe.ltrim(keys.REFUSED, 0, KEPT - 1)
                pipe.execute()
        except StoreUnreachable as error:
            log.warning("a message that was set aside is not kept: %s", error)
