"""Waiting for something to become true, and looking at processes from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psutil


def until(true: Callable[[], object], *, seconds: float = 10.0) -> None:
    """Returns when `true()` is; fails the test when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not true within {seconds:g} s"
        threading.Event().wait(0.02)


def runs(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
