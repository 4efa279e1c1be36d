"""What it costs to carry one task into a slot and its outcome back."""

from __future__ import annotations

import numpy as np

from services.analysis.trial.spans import Durations, SpanTable
from services.core.units import Seconds


def carried(ping: SpanTable) -> SpanTable:
    """Return the tasks with all stamps: into a slot, and their outcome back to the main process."""
    stamps = (ping.handed_over, ping.started, ping.stored, ping.returned)
    return ping.where(np.logical_and.reduce([stamp != 0 for stamp in stamps]))


def handover_cost(ping: SpanTable) -> Seconds:
    """Return the median cost of carrying one task into a slot and its outcome back.

    Takes ping spans only: with more than one task in flight, queueing is in it. Tasks that never returned are left
    out. Raises ValueError when none returned.
    """
    there = carried(ping)
    return _median(there.out + there.back)


def out_cost(ping: SpanTable) -> Seconds:
    """Median cost of the way into a slot; as `handover_cost` otherwise."""
    return _median(carried(ping).out)


def back_cost(ping: SpanTable) -> Seconds:
    """Median cost of the way back; as `handover_cost` otherwise. The two need not add up to it: they are medians."""
    return _median(carried(ping).back)


def _median(durations: Durations) -> Seconds:
    if not len(durations):
        raise ValueError("no task of the ping phase came back")
    return float(np.median(durations))
