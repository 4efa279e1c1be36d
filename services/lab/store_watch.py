"""Notices a store that hangs: its process runs, so no supervisor starts it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from services.core.errors import StoreUnreachable
from services.core.units import Seconds
from services.store.connection import connect, reaching

#: Between two looks, and how long one may take.
LOOK: Seconds = 2.0
#: A store that has not answered for so long is reported.
SILENCE: Seconds = 10.0


class StoreWatch:
    """Asks the store from a thread of its own; `tick` reports on the thread that calls it."""

    def __init__(
        self, redis_url: str, *, say: Callable[[str], None], look: Seconds = LOOK, silence: Seconds = SILENCE
    ) -> None:
        self._look = look
        self._silence = silence
        self._redis_url = redis_url
        self._say = say
        self._answered = time.monotonic()
        self._reason = ""
        self._said = False
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to ask."""
        self._answered = time.monotonic()
        threading.Thread(target=self._run, name="store watch", daemon=True).start()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped.set()

    def tick(self) -> None:
        """Report once that the store does not answer, and once that it does again."""
        silent = time.monotonic() - self._answered > self._silence
        if silent and not self._said:
            self._say(f"The store has not answered for {self._silence:.0f} s, so nothing goes on: {self._reason}")
        elif self._said and not silent:
            self._say("The store answers again")
        self._said = silent

    def _run(self) -> None:
        with connect(self._redis_url, timeout=self._look) as client:
            while not self._stopped.wait(self._look):
                try:
                    with reaching():
                        client.ping()
                    self._answered = time.monotonic()
                except StoreUnreachable as error:
                    self._reason = str(error)
