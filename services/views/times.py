"""Moments and the time left, as text."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from services.core.quantities import about_time
from services.core.units import Seconds, Timestamp


def iso(timestamp: Timestamp) -> str:
    """Return ISO 8601 in UTC, for a <time> element."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")


def utc(timestamp: Timestamp) -> str:
    """Return `22 Nov 2026, 13:24 UTC`."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%-d %b %Y, %H:%M UTC")


def local(timestamp: Timestamp) -> str:
    """Return local time to the minute: `2026-11-22 14:24`."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(timestamp))


def left(seconds: Seconds | None) -> str:
    """Return an estimate of the time left: `about 40 s left`; empty while there is none."""
    return "" if seconds is None else f"about {about_time(seconds)} left"
