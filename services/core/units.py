"""Units, spelled in types. All durations inside the lab are seconds; stamps are CLOCK_MONOTONIC nanoseconds."""

from __future__ import annotations

from typing import TypeAlias

Seconds: TypeAlias = float
Bytes: TypeAlias = int
#: Tasks per second.
Rate: TypeAlias = float
#: Seconds since the Unix epoch.
Timestamp: TypeAlias = float
Value: TypeAlias = int | float | str

NANOSECOND: Seconds = 1e-9
