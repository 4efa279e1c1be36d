"""The contract of a broker under test: what the lab asks of the server in which measured tasks queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.core.environment import Machine
from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one share of an attempt at a trial keeps its queue, unacknowledged messages and results."""

    attempt: str
    #: 0-based; one share per node.
    share: int


class Broker(Protocol):
    """The server in which measured tasks queue and their results are stored.

    Nothing is sent before the first call. Every method but the first three may raise BrokerUnreachable.
    """

    @property
    def address(self) -> str:
        """URL of broker and result backend for Celery. It may hold a password, so it must not be shown."""

    def options(self, place: Place) -> dict[str, object]:
        """Transport options of broker and result backend that keep `place` apart."""

    def filling(self, queue: str) -> str:
        """Name of the queue to publish to so that tasks wait until `open`."""

    def open(self, place: Place, queue: str) -> None:
        """Give the worker, at once, all that was published to `filling(queue)`."""

    def outcome(self, place: Place, task: str) -> tuple[bool, object] | None:
        """Return whether a measured task succeeded, and its result or its error; None while nothing is stored."""

    def forget(self, place: Place) -> None:
        """Delete all that the measured worker and its publisher left at `place`."""

    def places(self) -> frozenset[Place]:
        """Return all places at which something is kept."""

    def ping(self) -> str:
        """Return the id of the server's run, new after each start of it, as soon as the server answers.

        Waits LONGEST_PING for the answer: a hang is measured in full.
        """

    def cpu(self) -> Seconds:
        """CPU time that the server has used since its start, for all its clients."""

    def machine(self) -> Machine:
        """Return the machine on which the server runs, as far as the server reports it."""

    def version(self) -> str:
        """Return the server's name and version, like `valkey 9.1.2`."""


#: Longest wait of a ping for its answer.
LONGEST_PING: Seconds = 60.0
