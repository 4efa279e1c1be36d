"""Keeps the conductor's leases alive while it is busy with a trial."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.core.errors import StoreUnreachable
from services.core.units import Seconds
from services.store.nodes import Lease

#: Well under LEASE_LIFETIME.
BEAT: Seconds = 1.0
log = logging.getLogger(__name__)


class LeaseKeeper:
    """Renews the conductor's own lease, and that of the trial at hand, on a thread of its own.

    `lost` is called when another process holds the conductor's lease: two conductors must never measure at once.
    """

    def __init__(self, own: Lease, lost: Callable[[], None], *, beat: Seconds = BEAT) -> None:
        self._beat = beat
        self._own = own
        self._lost = lost
        self._trial: Lease | None = None
        #: Held while a lease is renewed or dropped: one that is renewed just after it was dropped would live on.
        self._renewing = threading.Lock()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Wait for the conductor's lease, then keep it."""
        said = False
        while not (taken := self._try(self._own)):
            if taken is False and not said:
                log.warning("another conductor is at work; waiting for it to end")
                said = True
            if self._stopped.wait(self._beat):
                return
        threading.Thread(target=self._run, name="keeper", daemon=True).start()

    def stop(self) -> None:
        """Free the lease, so that another conductor can start at once."""
        self._stopped.set()
        with self._renewing:
            try:
                self._own.drop()
            except StoreUnreachable as error:
                log.warning("%s", error)

    @contextmanager
    def keeping(self, trial: Lease) -> Iterator[None]:
        """Hold a trial's lease inside."""
        trial.take()
        self._trial = trial
        try:
            yield
        finally:
            with self._renewing:
                self._trial = None
                try:
                    trial.drop()
                except StoreUnreachable as error:
                    log.warning("%s", error)

    def _run(self) -> None:
        while not self._stopped.wait(self._beat):
            with self._renewing:
                if self._stopped.is_set():
                    return
                if self._trial is not None:
                    self._try(self._trial)
                held = self._try(self._own)
            if held is False:
                self._lost()
                return

    def _try(self, lease: Lease) -> bool | None:
        """Return whether the lease is ours; None while the store does not answer."""
        try:
            return lease.take()
        except StoreUnreachable as error:
            log.warning("%s", error)
            return None
