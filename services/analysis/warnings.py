"""The closed list of warnings: for each its rule, its text and its remedy. `judging` holds how the rules judge.

Validity warnings have a `doubt`, too: the figures may not be what the cell can do under the conditions asked for, so
the headline of a verdict begins with it where a first-rank cell has the warning. The others describe a figure that is
right: scatter (`unstable trial`, `too few repeats`) is in the interval already, a clock rate that drifts hits all cells
of a block alike, a CPU quota that throttles, cores that are not whole and more slots than cores are the conditions
asked for, a prefetch stall is what a worker with these settings does, and a failed trial is no part of the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.analysis.judging import hosts, messages, reference, trials
from services.analysis.judging.evidence import Evidence, Found
from services.core.summary import Warn, Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A warning: when it is due, what it says (filled with what was found), and what to do about it."""

    judge: Callable[[Evidence], Found]
    text: str
    remedy: str
    #: For a validity warning: the clause that a headline begins with, filled as `text`; else empty.
    doubt: str = ""


def due(evidence: Evidence) -> tuple[Warned, ...]:
    """The warnings about a cell, in the order of the list."""
    found = ((warn, rule, rule.judge(evidence)) for warn, rule in RULES.items())
    return tuple(
        Warned(
            name=warn,
            text=rule.text.format_map(details),
            remedy=rule.remedy,
            doubt=rule.doubt.format_map(details),
        )
        for warn, rule, details in found
        if details is not None
    )


RULES: Final[Mapping[Warn, Rule]] = {
    Warn.TRIAL_FAILED: Rule(
        judge=trials.trial_failed,
        text="{failed} of {trials} failed, the last because: {reason}",
        remedy="The figures are of the finished trials only. Mend the reason and run the experiment again.",
    ),
    Warn.WINDOW_TOO_SHORT: Rule(
        judge=trials.window_too_short,
        text="The shortest window was {shortest:.2f} s where {wanted:.2f} s were asked for.",
        remedy="Start and end weigh more in a short window. Run again, or with a larger effort.",
        doubt="the window was {shortest:.2f} s instead of {wanted:.2f} s",
    ),
    Warn.UNSTABLE: Rule(
        judge=trials.unstable,
        text="Throughput scatters by {variation} over the repeats: {low:.3g} to {high:.3g} tasks/s.",
        remedy="Close what else runs on the machine, fix its clock rate, or take more repeats.",
    ),
    Warn.THROTTLED: Rule(
        judge=hosts.throttled,
        text="The CPU quota stopped the worker in {share} of its scheduling periods{stopped}.",
        remedy="This is what the quota allows, not what the model can do. Raise it, or use fewer slots.",
    ),
    Warn.HOST_BUSY: Rule(
        judge=hosts.host_busy,
        text="Other programs used {others:.2f} of {cores} cores{withheld}.",
        remedy="Close other programs on the machine and run the experiment again.",
        doubt="other programs used {others:.1f} of the {cores} cores",
    ),
    Warn.MORE_SLOTS_THAN_QUOTA: Rule(
        judge=hosts.more_slots_than_quota,
        text="{slots} slots shared {usable:g} usable cores and used {used:.2f} of them.",
        remedy="More slots cannot make this faster here. Use no more slots than cores, or raise the quota.",
    ),
    Warn.DUPLICATE_TASKS: Rule(
        judge=messages.duplicate_tasks,
        text="{tasks} began more than once.",
        remedy="Tasks that outlast the visibility timeout, or whose worker dies, are sent again: make them idempotent.",
        doubt="{tasks} ran more than once",
    ),
    Warn.FEW_REPEATS: Rule(
        judge=trials.few_repeats,
        text="Only {trials} finished: too few to tell how much the figures scatter.",
        remedy="Take at least 3 repeats, better 6.",
    ),
    Warn.PREFETCH_STALL: Rule(
        judge=messages.prefetch_stall,
        text="The queue was full, and for {gap:.2f} s no slot ({pool}, prefetch multiplier {multiplier}) had a task.",
        remedy="A gevent worker on Redis stops for up to 2 s when its prefetch window is full. Set it to 0: no limit.",
    ),
    Warn.GIL_REENABLED: Rule(
        judge=hosts.gil_reenabled,
        text="{python} runs without a GIL, but in a slot it was on; {hiredis}.",
        remedy="A C extension that does not declare itself safe turns it on for all. Remove that (hiredis is one).",
        doubt="{python} ran with the GIL on",
    ),
    Warn.LOST_TASKS: Rule(
        judge=messages.lost_tasks,
        text="{tasks} never came back.",
        remedy="What a dying worker holds is lost, or comes back after the visibility timeout: find out why it died.",
        doubt="{tasks} never came back",
    ),
    Warn.CLOCK_SUSPECT: Rule(
        judge=hosts.clock_suspect,
        text="In {trials} stamps are missing, go back in time, or come from more than one clock.",
        remedy="Look at the host's clock source. Run replicas on one host: of several, rates add up as if at one time.",
        doubt="stamps of {trials} are out of order or come from more than one clock",
    ),
    Warn.LITTLES_LAW: Rule(
        judge=messages.littles_law,
        text="Tasks in the system over rate x time in it are {ratio:.2f}, by Little's law 1; {held:.2f} held {slots}.",
        remedy="Stamps contradict each other: rely on no figure of this cell. Run it again, and report it to the lab.",
        doubt="stamps contradict each other (Little's law: {ratio:.2f} instead of 1)",
    ),
    Warn.RECONNECTED: Rule(
        judge=messages.reconnected,
        text="The worker lost its connection to the broker {times}.",
        remedy="What it took to connect again is in the figures. Look at the store's log and at the network.",
        doubt="the worker lost its connection to the broker {times}",
    ),
    Warn.STORE_STALLED: Rule(
        judge=messages.store_stalled,
        text="The store took {wait:.2f} s to answer a ping during a window.",
        remedy="Tasks waited for the store meanwhile. Look at its log, disk and memory, and run the experiment again.",
        doubt="the store took {wait:.2f} s to answer",
    ),
    Warn.PUBLISHER_LATE: Rule(
        judge=messages.publisher_late,
        text="Tasks were sent up to {lag:.1f} ms late, where one was due every {gap:.1f} ms.",
        remedy="Latency counts from the planned time, so it is in it. Leave the publisher a core, or lower the rate.",
        doubt="tasks were sent up to {lag:.0f} ms late",
    ),
    Warn.CORES_NOT_WHOLE: Rule(
        judge=reference.cores_not_whole,
        text="{processes} bare processes do {speedup:.2f} times the work of one on {node} (median of {blocks}), with "
        "{cores:g} usable cores.",
        remedy="No model does more than bare processes: judge scaling by the efficiency against them. Common causes: "
        "hyper-threads, a shared virtual machine, other programs.",
    ),
    Warn.CLOCK_RATE_DRIFTS: Rule(
        judge=reference.clock_rate_drifts,
        text="The reference loop in one process ran {drift:.2f} times as fast in one block as in another on {node}.",
        remedy="Every block runs all cells, so this affects the figures more than the ranking. Fix the clock rate, "
        "close other programs, or take more repeats.",
    ),
}
