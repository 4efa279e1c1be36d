"""When an experiment has been repeated enough."""

from __future__ import annotations

from collections.abc import Sequence

from services.analysis.cells import by_block
from services.core.experiment import Record
from services.core.quantities import percent
from services.core.trial import TrialResult
from services.core.units import Seconds
from services.planning.effort import NARROW


def spent(results: Sequence[TrialResult]) -> Seconds:
    """Return the time that was spent on measuring: waits for nodes, and hours without a conductor, are not in it."""
    return sum(result.elapsed for result in results)


def enough(record: Record, results: Sequence[TrialResult]) -> str | None:
    """Return why no block is added, None to add one; the text is empty where none was ever to be added.

    `results` are those of whole blocks. A further block is expected to take what one took so far.
    """
    asked = record.experiment
    if asked.most_repeats <= asked.repeats or all(result.failure for result in results):
        return ""
    width = by_block.widest(results)
    if width is not None and width <= NARROW:
        return f"every throughput interval is within {percent(NARROW)} after {record.blocks} repeats"
    if record.blocks >= asked.most_repeats:
        return f"some intervals are still wide after {record.blocks} repeats, the most there are"
    if asked.budget is not None and spent(results) * (record.blocks + 1) / record.blocks > asked.budget:
        return f"some intervals are still wide, but another repeat would not fit into {asked.budget:.0f} s"
    return None
