"""Watches how long the store takes to answer during a window: a store that hangs looks like a slow worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from services.core.errors import StoreUnreachable
from services.core.units import Seconds

#: Between two pings: far below what a hang would change in a window of a second.
INTERVAL: Seconds = 0.2


class StoreWatch:
    """Pings the store on a thread of its own from `start` to `stop`."""

    def __init__(self, ping: Callable[[], None], interval: Seconds = INTERVAL) -> None:
        """`ping` returns when the store has answered; it may raise StoreUnreachable."""
        self._ping = ping
        self._interval = interval
        self._longest: Seconds = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="storewatch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> Seconds:
        """End, and return the longest time that the store took to answer, or to refuse. Safe to call again."""
        self._done.set()
        self._thread.join()
        return self._longest

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            # The time it took counts; the trial itself meets the error.
            with suppress(StoreUnreachable):
                self._ping()
            self._longest = max(self._longest, time.monotonic() - began)
            if self._done.wait(self._interval):
                return
