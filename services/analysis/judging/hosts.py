"""Whether the host, its processors, its interpreter and its clock let the workers show what they can do."""

from __future__ import annotations

from typing import Final

from services.analysis.failures import DISORDERED
from services.analysis.hosts import usable_cores
from services.analysis.judging.evidence import Evidence, Found, counted

#: Longest stop by the CPU quota that passes, of the window.
MOST_THROTTLED: Final = 0.01
#: Most CPU used by others that passes, of the host's cores: a judgement, there is no natural bound.
MOST_OTHERS: Final = 0.15
#: From here on, of the usable cores, the worker has used them up.
USED_UP: Final = 0.8
#: How the version of an interpreter built without the GIL ends (`sys.abiflags`).
FREE_THREADED: Final = "t"


def throttled(evidence: Evidence) -> Found:
    worst = max(evidence.figures, key=lambda figures: figures.usage.throttled / figures.window, default=None)
    if worst is None or worst.usage.throttled <= MOST_THROTTLED * worst.window:
        return None
    usage = worst.usage
    return {"stopped": usage.throttled, "periods": counted(usage.throttled_periods, "time"), "window": worst.window}


def host_busy(evidence: Evidence) -> Found:
    worst: Found = None
    most = MOST_OTHERS
    for result in evidence.results:
        cores = sum(host[0].cores for host in evidence.hosts(result))
        if result.figures is None or not cores:
            continue
        usage, window = result.figures.usage, result.figures.window
        others = (usage.others + usage.steal) / window
        if others > most * cores:
            most, worst = others / cores, {"others": others, "cores": cores, "store": usage.store / window}
    return worst


def more_slots_than_quota(evidence: Evidence) -> Found:
    slots = evidence.cell.concurrency * evidence.cell.replicas
    for result in evidence.results:
        usable = usable_cores(evidence.hosts(result))
        if result.figures is None or not usable or slots <= usable:
            continue
        used = (result.figures.usage.user + result.figures.usage.system) / result.figures.window
        if used >= USED_UP * usable:
            return {"slots": slots, "used": used, "usable": usable}
    return None


def gil_reenabled(evidence: Evidence) -> Found:
    for result in evidence.results:
        facts = result.facts
        if facts is not None and facts.gil and facts.python.endswith(FREE_THREADED):
            return {"python": facts.python, "hiredis": f"hiredis is {'' if facts.hiredis else 'not '}installed"}
    return None


def clock_suspect(evidence: Evidence) -> Found:
    suspect = sum(DISORDERED in result.failure or len(evidence.hosts(result)) > 1 for result in evidence.results)
    return {"trials": counted(suspect, "trial")} if suspect else None
