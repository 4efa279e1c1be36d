"""Waiting for a broker that is just being started again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from services.core.errors import BrokerUnreachable
from services.core.units import Seconds

#: How long a trial waits for the broker.
PATIENCE: Final[Seconds] = 20.0
#: Between two attempts.
PAUSE: Final[Seconds] = 0.1

Answer = TypeVar("Answer")


def until_answered(ask: Callable[[], Answer], *, patience: Seconds = PATIENCE) -> Answer:
    """Call `ask` until it raises no BrokerUnreachable, and return its answer. Raises the last one after `patience`."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return ask()
        except BrokerUnreachable:
            if time.monotonic() > deadline:
                raise
        time.sleep(PAUSE)
