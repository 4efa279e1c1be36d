"""The closed list of warnings: for each its rule, its text and its remedy. All three are here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final, TypeAlias

from services.core.environment import Environment, Fingerprint
from services.core.experiment import Cell
from services.core.report import Warn, Warned
from services.core.trial import Figures, TrialResult
from services.core.units import Seconds

#: Shortest window that passes, of the one the effort asks for.
LEAST_WINDOW: Final = 0.8
#: Largest standard deviation of throughput over repeats that passes, of its mean.
MOST_VARIATION: Final = 0.10
#: Longest stop by the CPU quota that passes, of the window.
MOST_THROTTLED: Final = 0.01
#: Most CPU used by others that passes, of the host's cores: a judgement, there is no natural bound.
MOST_OTHERS: Final = 0.15
#: From here on, of the usable cores, the worker has used them up.
USED_UP: Final = 0.8
#: Fewer say too little about how much a figure scatters.
FEWEST_REPEATS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the rules judge: one cell and all that is known of its trials."""

    cell: Cell
    #: Trials that ended, in the order of the plan.
    results: Sequence[TrialResult]
    #: Shortest window the effort asks for.
    window: Seconds
    environment: Environment
    #: Whether trials of this cell are still to come.
    unfinished: bool

    @property
    def figures(self) -> tuple[Figures, ...]:
        """Of the finished trials."""
        return tuple(result.figures for result in self.results if result.figures is not None)

    def hosts(self, result: TrialResult) -> tuple[tuple[Fingerprint, ...], ...]:
        """The nodes of a trial, host by host; nothing when one of them is not known."""
        known = {node.name: node.fingerprint for node in self.environment.nodes}
        if not set(result.nodes) <= known.keys():
            return ()
        by_boot: dict[str, list[Fingerprint]] = {}
        for name in result.nodes:
            by_boot.setdefault(known[name].boot, []).append(known[name])
        return tuple(map(tuple, by_boot.values()))


#: What a rule found, by the names that its text uses; None when all is well.
Found: TypeAlias = Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A warning: when it is due, what it says (filled with what was found), and what to do about it."""

    judge: Callable[[Evidence], Found]
    text: str
    remedy: str


def due(evidence: Evidence) -> tuple[Warned, ...]:
    """The warnings about a cell, in the order of the list."""
    found = ((warn, rule, rule.judge(evidence)) for warn, rule in RULES.items())
    return tuple(
        Warned(name=warn, text=rule.text.format_map(details), remedy=rule.remedy)
        for warn, rule, details in found
        if details is not None
    )


def _trial_failed(evidence: Evidence) -> Found:
    reasons = [result.failure for result in evidence.results if result.failure]
    if not reasons:
        return None
    return {"failed": len(reasons), "trials": _counted(len(evidence.results), "trial"), "reason": reasons[-1]}


def _window_too_short(evidence: Evidence) -> Found:
    shortest = min((figures.window for figures in evidence.figures), default=evidence.window)
    if shortest >= LEAST_WINDOW * evidence.window:
        return None
    return {"shortest": shortest, "wanted": evidence.window}


def _unstable(evidence: Evidence) -> Found:
    rates = [figures.throughput for figures in evidence.figures]
    if len(rates) < 2 or (variation := stdev(rates) / fmean(rates)) <= MOST_VARIATION:
        return None
    return {"variation": variation, "low": min(rates), "high": max(rates)}


def _throttled(evidence: Evidence) -> Found:
    worst = max(evidence.figures, key=lambda figures: figures.usage.throttled / figures.window, default=None)
    if worst is None or worst.usage.throttled <= MOST_THROTTLED * worst.window:
        return None
    usage = worst.usage
    return {"stopped": usage.throttled, "periods": _counted(usage.throttled_periods, "time"), "window": worst.window}


def _host_busy(evidence: Evidence) -> Found:
    worst: Found = None
    most = MOST_OTHERS
    for result in evidence.results:
        cores = sum(host[0].cores for host in evidence.hosts(result))
        if result.figures is None or not cores:
            continue
        others = (result.figures.usage.others + result.figures.usage.steal) / result.figures.window
        if others > most * cores:
            most, worst = others / cores, {"others": others, "cores": cores}
    return worst


def _more_slots_than_quota(evidence: Evidence) -> Found:
    slots = evidence.cell.concurrency * evidence.cell.replicas
    for result in evidence.results:
        # Nodes of one host have no more than its cores between them, whatever each may use for itself.
        usable = sum(min(sum(node.usable_cores for node in host), host[0].cores) for host in evidence.hosts(result))
        if result.figures is None or not usable or slots <= usable:
            continue
        used = (result.figures.usage.user + result.figures.usage.system) / result.figures.window
        if used >= USED_UP * usable:
            return {"slots": slots, "used": used, "usable": usable}
    return None


def _duplicate_tasks(evidence: Evidence) -> Found:
    duplicates = sum(result.duplicates for result in evidence.results)
    return {"tasks": _counted(duplicates, "task")} if duplicates else None


def _few_repeats(evidence: Evidence) -> Found:
    finished = len(evidence.figures)
    if evidence.unfinished or not 0 < finished < FEWEST_REPEATS:
        return None
    return {"trials": _counted(finished, "trial")}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


RULES: Final[Mapping[Warn, Rule]] = {
    Warn.TRIAL_FAILED: Rule(
        judge=_trial_failed,
        text="{failed} of {trials} failed, the last because: {reason}",
        remedy="The figures are of the finished trials only. Mend the reason and run the experiment again.",
    ),
    Warn.WINDOW_TOO_SHORT: Rule(
        judge=_window_too_short,
        text="The shortest window was {shortest:.2f} s where {wanted:.2f} s were asked for.",
        remedy="Start and end weigh more in a short window. Run again, or with a larger effort.",
    ),
    Warn.UNSTABLE: Rule(
        judge=_unstable,
        text="Throughput scatters by {variation:.0%} over the repeats: {low:.3g} to {high:.3g} tasks/s.",
        remedy="Close what else runs on the machine, fix its clock rate, or take more repeats.",
    ),
    Warn.THROTTLED: Rule(
        judge=_throttled,
        text="The CPU quota stopped the worker {periods}, {stopped:.2f} s in a window of {window:.2f} s.",
        remedy="This is what the quota allows, not what the model can do. Raise it, or use fewer slots.",
    ),
    Warn.HOST_BUSY: Rule(
        judge=_host_busy,
        text="Others used {others:.2f} of the {cores} cores during the window, the lab's own store among them.",
        remedy="Close what else runs on the machine. If it is the store, move that to another one (LAB_REDIS_URL).",
    ),
    Warn.MORE_SLOTS_THAN_QUOTA: Rule(
        judge=_more_slots_than_quota,
        text="{slots} slots shared {usable:g} usable cores and used {used:.2f} of them.",
        remedy="More slots cannot make this faster here. Use no more slots than cores, or raise the quota.",
    ),
    Warn.DUPLICATE_TASKS: Rule(
        judge=_duplicate_tasks,
        text="{tasks} began more than once.",
        remedy="Tasks that outlast the visibility timeout, or whose worker dies, are sent again: make them idempotent.",
    ),
    Warn.FEW_REPEATS: Rule(
        judge=_few_repeats,
        text="Only {trials} finished: too few to tell how much the figures scatter.",
        remedy="Take at least 3 repeats, better 6.",
    ),
}
