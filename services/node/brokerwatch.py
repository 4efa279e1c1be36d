"""Watches the broker under test during a trial: a broker that hangs or is lost looks like a slow worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from services.core.errors import BrokerUnreachable
from services.core.units import Seconds

#: Between two pings: far below what a hang would change in a window of a second.
INTERVAL: Seconds = 0.2
#: A broker that has not answered for so long fails the trial. Less than the patience with a worker that stopped
#: (`stall.SILENCE`), so that the trial's reason names the broker.
SILENCE: Seconds = 30.0
#: Failed pings in a row that count as a loss: one may be a connection that was closed.
FAILURES = 2


class BrokerWatch:
    """Pings the broker on a thread of its own from `start` to `stop`."""

    def __init__(self, ping: Callable[[], str], *, interval: Seconds = INTERVAL, silence: Seconds = SILENCE) -> None:
        """`ping` returns the id of the server's run when the server answers; it may raise BrokerUnreachable."""
        self._ping = ping
        self._interval = interval
        self._silence = silence
        self._longest: Seconds = 0.0
        #: Answers before this moment do not count; when the ping that is pending was sent.
        self._since = time.monotonic()
        self._sent: Seconds | None = None
        self._lost = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="brokerwatch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a ping that is pending is not waited for. Safe to call again."""
        self._done.set()
        self._thread.join(self._interval)

    def reset(self) -> None:
        """Begin the time over which `longest` looks."""
        self._longest, self._since = 0.0, time.monotonic()

    def longest(self) -> Seconds:
        """Longest time that the broker took to answer, or to refuse, since `reset`; a pending ping counts so far."""
        return max(self._longest, self._pending())

    def check(self) -> None:
        """Raise BrokerUnreachable when the broker was lost since `start`, or has not answered for too long."""
        if self._lost:
            raise BrokerUnreachable(self._lost)
        if self._pending() > self._silence:
            raise BrokerUnreachable(f"the broker under test has not answered for {self._silence:g} s")

    def _pending(self) -> Seconds:
        sent = self._sent
        return 0.0 if sent is None else time.monotonic() - max(sent, self._since)

    def _run(self) -> None:
        first, failures = "", 0
        while True:
            self._sent = time.monotonic()
            try:
                run = self._ping()
            except BrokerUnreachable as error:
                failures += 1
                if failures >= FAILURES:
                    self._lost = self._lost or str(error)
            else:
                failures, first = 0, first or run
                if run != first:
                    self._lost = self._lost or "the broker under test was started again, and its tasks may be lost"
            self._longest, self._sent = max(self._longest, self._pending()), None
            if self._done.wait(self._interval):
                return
