"""Warnings about the cores: worth less than their number, or changing speed between blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.analysis.cells.bare_speedup import bare_speedups
from services.analysis.cells.warnings.rule import CellTrials, Found, Rule
from services.core.findings import BareSpeedup
from services.core.quantities import counted
from services.core.summary import Warn

#: Least speed-up of bare processes that causes no warning, as a share of the usable cores.
LEAST_WHOLE: Final = 0.85
#: Largest ratio of one process's rates in two blocks that causes no warning: three standard deviations on a shared
#: machine.
MOST_DRIFT: Final = 1.15
#: A worker that uses or waits for more cores than this needs more than one.
ONE_CORE: Final = 1.1
#: A worker that uses or waits for fewer cores than this has little to compute: a core's speed hardly matters to it.
LEAST_BUSY: Final = 0.5


def cores_not_whole(about: CellTrials) -> Found:
    slots = about.slots
    if slots == 1 or _wanted(about) <= ONE_CORE:
        return None
    worst: Found = None
    least = LEAST_WHOLE
    for one in _references(about):
        if one.processes > 1 and one.speedup is not None and one.speedup < least * one.cores:
            least = one.speedup / one.cores
            worst = {
                "processes": one.processes,
                "speedup": one.speedup,
                "node": one.node,
                "cores": one.cores,
                "blocks": counted(one.blocks, "block"),
            }
    return worst


def clock_rate_drifts(about: CellTrials) -> Found:
    if _wanted(about) < LEAST_BUSY:
        return None
    found = [(one.drift, one.node) for one in _references(about) if one.drift is not None]
    drift, node = max(found, default=(1.0, ""))
    return {"drift": drift, "node": node} if drift > MOST_DRIFT else None


def _references(about: CellTrials) -> list[BareSpeedup]:
    """Return the results of the reference loop on the nodes that ran trials of this cell."""
    nodes = {name for result in about.results for name in result.nodes}
    return [one for one in bare_speedups(about.environment) if one.node in nodes]


def _wanted(about: CellTrials) -> float:
    """Return the most cores that the workers of a trial used or waited for.

    Threads that wait for a core are counted by Little's law, from the wait per task; unknown under gevent.
    """
    return max(
        (each.cores.worker + each.throughput * (each.breakdown.core_wait or 0.0) for each in about.figures),
        default=0.0,
    )


RULES: Final[Mapping[Warn, Rule]] = {
    Warn.CORES_NOT_WHOLE: Rule(
        find=cores_not_whole,
        text="{processes} bare processes do {speedup:.2f} times the work of one on {node} (median of {blocks}), with "
        "{cores:g} usable cores.",
        remedy="No model does more than bare processes: judge scaling by the efficiency against them. Common causes: "
        "hyper-threads, a shared virtual machine, other programs.",
    ),
    Warn.CLOCK_RATE_DRIFTS: Rule(
        find=clock_rate_drifts,
        text="The reference loop in one process ran {drift:.2f} times as fast in one block as in another on {node}.",
        remedy="Every block runs all cells, so this affects the figures more than the ranking. Fix the clock rate, "
        "close other programs, or take more repeats.",
    ),
}
