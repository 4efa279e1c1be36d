"""Whether the host, its processors, its interpreter and its clock let the workers show what they can do."""

from __future__ import annotations

from typing import Final

from services.analysis.cells.judging.evidence import CellEvidence, Found, counted
from services.analysis.trial.hosts import usable_cores
from services.core.quantities import percent

#: Largest share of scheduling periods with a stop by the CPU quota that causes no warning.
MOST_THROTTLED: Final = 0.01
#: Largest use of the host's cores by other programs and machines that causes no warning, as a share: a judgement, there
#: is no natural bound.
MOST_OTHERS: Final = 0.15
#: Smallest number of cores withheld by the hypervisor that is worth a word.
LEAST_STEAL: Final = 0.005
#: From here on, of the usable cores, the worker has used them up.
USED_UP: Final = 0.8
#: How the version of an interpreter built without the GIL ends (`sys.abiflags`).
FREE_THREADED: Final = "t"


def throttled(evidence: CellEvidence) -> Found:
    worst = max((figures.cores for figures in evidence.figures), key=lambda cores: cores.throttled, default=None)
    if worst is None or worst.throttled <= MOST_THROTTLED:
        return None
    stopped = "" if worst.stopped is None else f"; each CPU stood still for {percent(worst.stopped)} of the time"
    return {"share": percent(worst.throttled), "stopped": stopped}


def host_busy(evidence: CellEvidence) -> Found:
    worst: Found = None
    most = MOST_OTHERS
    for result in evidence.results:
        cores = sum(host[0].cores for host in evidence.hosts(result))
        if result.figures is None or not cores:
            continue
        used = result.figures.cores
        taken = (used.others + used.steal) / cores
        if taken > most:
            withheld = f"; the hypervisor withheld {used.steal:.2f}" if used.steal >= LEAST_STEAL else ""
            most, worst = taken, {"others": used.others, "cores": cores, "withheld": withheld}
    return worst


def more_slots_than_quota(evidence: CellEvidence) -> Found:
    slots = evidence.cell.concurrency * evidence.cell.replicas
    for result in evidence.results:
        usable = usable_cores(evidence.hosts(result))
        if result.figures is None or not usable or slots <= usable:
            continue
        used = result.figures.cores.worker
        if used >= USED_UP * usable:
            return {"slots": slots, "used": used, "usable": usable}
    return None


def gil_reenabled(evidence: CellEvidence) -> Found:
    for result in evidence.results:
        facts = result.facts
        if facts is not None and facts.gil and facts.python.endswith(FREE_THREADED):
            return {"python": facts.python, "hiredis": f"hiredis is {'' if facts.hiredis else 'not '}installed"}
    return None


def clock_suspect(evidence: CellEvidence) -> Found:
    suspect = sum(result.disordered > 0 or len(evidence.hosts(result)) > 1 for result in evidence.results)
    return {"trials": counted(suspect, "trial")} if suspect else None
