"""Warnings about the machine: a busy host, a CPU quota, an interpreter with its GIL on, a doubtful clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.analysis.cells.warnings.rule import CellTrials, Found, Rule
from services.analysis.usable_cores import usable_cores
from services.core.quantities import counted, percent
from services.core.summary import Warn

#: Largest share of scheduling periods with a stop by the CPU quota that causes no warning.
MOST_THROTTLED: Final = 0.01
#: Largest use of the host's cores by other programs and machines that causes no warning, as a share: a judgement, there
#: is no natural bound.
MOST_OTHERS: Final = 0.15
#: Smallest number of cores withheld by the hypervisor that is reported.
LEAST_STEAL: Final = 0.005
#: Least share of the usable cores for which they count as used up.
USED_UP: Final = 0.8
#: Suffix of the version of an interpreter built without the GIL (`sys.abiflags`).
FREE_THREADED: Final = "t"


def throttled(about: CellTrials) -> Found:
    worst = max((figures.cores for figures in about.figures), key=lambda cores: cores.throttled, default=None)
    if worst is None or worst.throttled <= MOST_THROTTLED:
        return None
    stopped = "" if worst.stopped is None else f"; each CPU stood still for {percent(worst.stopped)} of the time"
    return {"share": percent(worst.throttled), "stopped": stopped}


def host_busy(about: CellTrials) -> Found:
    worst: Found = None
    most = MOST_OTHERS
    for result in about.results:
        cores = sum(host[0].cores for host in about.hosts(result))
        if result.figures is None or not cores:
            continue
        used = result.figures.cores
        taken = (used.others + used.steal) / cores
        if taken > most:
            withheld = f"; the hypervisor withheld {used.steal:.2f}" if used.steal >= LEAST_STEAL else ""
            most, worst = taken, {"others": used.others, "cores": cores, "withheld": withheld}
    return worst


def more_slots_than_quota(about: CellTrials) -> Found:
    slots = about.slots
    for result in about.results:
        usable = usable_cores(about.hosts(result))
        if result.figures is None or not usable or slots <= usable:
            continue
        used = result.figures.cores.worker
        if used >= USED_UP * usable:
            return {"slots": slots, "used": used, "usable": usable}
    return None


def gil_reenabled(about: CellTrials) -> Found:
    for result in about.results:
        facts = result.facts
        if facts is not None and facts.gil and facts.python.endswith(FREE_THREADED):
            return {"python": facts.python, "hiredis": f"hiredis is {'' if facts.hiredis else 'not '}installed"}
    return None


def clock_suspect(about: CellTrials) -> Found:
    suspect = sum(result.disordered > 0 or len(about.hosts(result)) > 1 for result in about.results)
    return {"trials": counted(suspect, "trial")} if suspect else None


RULES: Final[Mapping[Warn, Rule]] = {
    Warn.THROTTLED: Rule(
        find=throttled,
        text="The CPU quota stopped the worker in {share} of its scheduling periods{stopped}.",
        remedy="The figures show the quota, not the model. Raise the quota or use fewer slots.",
    ),
    Warn.HOST_BUSY: Rule(
        find=host_busy,
        text="Other programs used {others:.2f} of {cores} cores{withheld}.",
        remedy="Close other programs on the machine and run the experiment again.",
        doubt="other programs used {others:.1f} of the {cores} cores",
    ),
    Warn.MORE_SLOTS_THAN_QUOTA: Rule(
        find=more_slots_than_quota,
        text="{slots} slots shared {usable:g} usable cores and kept {used:.2f} of them busy.",
        remedy="More slots cannot be faster here. Use at most as many slots as cores, or raise the quota.",
    ),
    Warn.GIL_REENABLED: Rule(
        find=gil_reenabled,
        text="{python} is a free-threaded build, but the GIL was on in a slot; {hiredis}.",
        remedy="A C extension that does not support free threading turns the GIL on. Remove it (hiredis is one).",
        doubt="{python} ran with the GIL on",
    ),
    Warn.CLOCK_SUSPECT: Rule(
        find=clock_suspect,
        text="In {trials}, stamps are missing, out of order, or from more than one clock.",
        remedy="Check the host's clock source. Run replicas on one host: rates of several hosts are simply added.",
        doubt="stamps of {trials} are out of order or come from more than one clock",
    ),
}
