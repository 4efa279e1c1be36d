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

from services.analysis.cells.judging import hosts, messages, reference, trials
from services.analysis.cells.judging.evidence import CellEvidence, Found
from services.core.summary import Warn, Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A warning: when it is due, what it says (filled with what was found), and what to do about it."""

    judge: Callable[[CellEvidence], Found]
    text: str
    remedy: str
    #: For a validity warning: the clause that a headline begins with, filled as `text`; else empty.
    doubt: str = ""


def due(evidence: CellEvidence) -> tuple[Warned, ...]:
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
        remedy="The figures rest on the finished trials only. Fix the cause and run the experiment again.",
    ),
    Warn.WINDOW_TOO_SHORT: Rule(
        judge=trials.window_too_short,
        text="The shortest window was {shortest:.2f} s instead of {wanted:.2f} s.",
        remedy="Start and end effects weigh more in a short window. Run the experiment again, or with a larger effort.",
        doubt="the window was {shortest:.2f} s instead of {wanted:.2f} s",
    ),
    Warn.UNSTABLE: Rule(
        judge=trials.unstable,
        text="Throughput scatters by {variation} over the repeats: {low:.3g} to {high:.3g} tasks/s.",
        remedy="Close other programs, fix the clock rate, or use more repeats.",
    ),
    Warn.THROTTLED: Rule(
        judge=hosts.throttled,
        text="The CPU quota stopped the worker in {share} of its scheduling periods{stopped}.",
        remedy="The figures show the quota, not the model. Raise the quota or use fewer slots.",
    ),
    Warn.HOST_BUSY: Rule(
        judge=hosts.host_busy,
        text="Other programs used {others:.2f} of {cores} cores{withheld}.",
        remedy="Close other programs on the machine and run the experiment again.",
        doubt="other programs used {others:.1f} of the {cores} cores",
    ),
    Warn.MORE_SLOTS_THAN_QUOTA: Rule(
        judge=hosts.more_slots_than_quota,
        text="{slots} slots shared {usable:g} usable cores and kept {used:.2f} of them busy.",
        remedy="More slots cannot be faster here. Use at most as many slots as cores, or raise the quota.",
    ),
    Warn.DUPLICATE_TASKS: Rule(
        judge=messages.duplicate_tasks,
        text="{tasks} ran more than once.",
        remedy="A task that outlasts the visibility timeout, or whose worker dies, is sent again: make it idempotent.",
        doubt="{tasks} ran more than once",
    ),
    Warn.FEW_REPEATS: Rule(
        judge=trials.few_repeats,
        text="Only {trials} finished: too few to estimate the scatter.",
        remedy="Use at least 3 repeats, better 6.",
    ),
    Warn.PREFETCH_STALL: Rule(
        judge=messages.prefetch_stall,
        text="No slot had a task for {gap:.2f} s, with a full queue ({pool}, prefetch multiplier {multiplier}).",
        remedy="A gevent worker on Redis stalls for up to 2 s when its prefetch window is full. Use prefetch 0.",
    ),
    Warn.GIL_REENABLED: Rule(
        judge=hosts.gil_reenabled,
        text="{python} is a free-threaded build, but the GIL was on in a slot; {hiredis}.",
        remedy="A C extension that does not support free threading turns the GIL on. Remove it (hiredis is one).",
        doubt="{python} ran with the GIL on",
    ),
    Warn.LOST_TASKS: Rule(
        judge=messages.lost_tasks,
        text="{tasks} never came back.",
        remedy="A worker that dies loses its tasks, or they return after the visibility timeout. Find out why it died.",
        doubt="{tasks} never came back",
    ),
    Warn.CLOCK_SUSPECT: Rule(
        judge=hosts.clock_suspect,
        text="In {trials}, stamps are missing, out of order, or from more than one clock.",
        remedy="Check the host's clock source. Run replicas on one host: rates of several hosts are simply added.",
        doubt="stamps of {trials} are out of order or come from more than one clock",
    ),
    Warn.LITTLES_LAW: Rule(
        judge=messages.littles_law,
        text="Consistency check failed (Little's law: {ratio:.2f} instead of 1.00; {held:.2f} tasks in {slots}).",
        remedy="Do not use this cell. Run it again, and report the fault if it persists.",
        doubt="stamps contradict each other (Little's law: {ratio:.2f} instead of 1)",
    ),
    Warn.RECONNECTED: Rule(
        judge=messages.reconnected,
        text="The worker lost its connection to the broker {times}.",
        remedy="The figures include the time to reconnect. Check the broker's log and the network.",
        doubt="the worker lost its connection to the broker {times}",
    ),
    Warn.BROKER_STALLED: Rule(
        judge=messages.broker_stalled,
        text="The broker took {wait:.2f} s to answer a ping during a window.",
        remedy="Tasks waited for the broker meanwhile. Look at its log, disk and memory, and run the experiment again.",
        doubt="the broker took {wait:.2f} s to answer",
    ),
    Warn.PUBLISHER_LATE: Rule(
        judge=messages.publisher_late,
        text="Tasks were sent up to {lag:.1f} ms late, where one was due every {gap:.1f} ms.",
        remedy="Latency counts from the planned time, delay included. Leave the publisher a core, or lower the rate.",
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
