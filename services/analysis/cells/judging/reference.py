"""Whether the cores were worth what their number says, and the same in every block."""

from __future__ import annotations

from typing import Final

from services.analysis.cells.judging.evidence import CellEvidence, Found, counted
from services.analysis.cells.reference import bare_speedups
from services.core.findings import BareSpeedup

#: Least speed-up of bare processes that passes, of the usable cores.
LEAST_WHOLE: Final = 0.85
#: Largest ratio of one process's rates in two blocks that passes: three standard deviations of a shared machine.
MOST_DRIFT: Final = 1.15
#: A worker that uses or waits for more cores than this needs more than one.
ONE_CORE: Final = 1.1
#: A worker that uses or waits for fewer cores than this has little to compute: a core's speed hardly matters to it.
LEAST_BUSY: Final = 0.5


def cores_not_whole(evidence: CellEvidence) -> Found:
    slots = evidence.cell.concurrency * evidence.cell.replicas
    if slots == 1 or _wanted(evidence) <= ONE_CORE:
        return None
    worst: Found = None
    least = LEAST_WHOLE
    for one in _references(evidence):
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


def clock_rate_drifts(evidence: CellEvidence) -> Found:
    if _wanted(evidence) < LEAST_BUSY:
        return None
    found = [(one.drift, one.node) for one in _references(evidence) if one.drift is not None]
    drift, node = max(found, default=(1.0, ""))
    return {"drift": drift, "node": node} if drift > MOST_DRIFT else None


def _references(evidence: CellEvidence) -> list[BareSpeedup]:
    """Of the nodes that ran trials of this cell."""
    nodes = {name for result in evidence.results for name in result.nodes}
    return [one for one in bare_speedups(evidence.environment) if one.node in nodes]


def _wanted(evidence: CellEvidence) -> float:
    """The most cores that the workers of a trial used or waited for: a core that others took was needed all the same.

    Threads that wait for a core are counted by Little's law, from the wait per task; under gevent it is not known.
    """
    return max(
        (each.cores.worker + each.throughput * (each.breakdown.core_wait or 0.0) for each in evidence.figures),
        default=0.0,
    )
