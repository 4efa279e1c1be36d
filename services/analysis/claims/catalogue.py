"""All claims of the guide in the order of its pages, each with its rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.analysis.claims import computing, costs, shared_state, waiting
from services.analysis.claims.preset_trials import Missing, PresetTrials, together
from services.analysis.usable_cores import by_host, usable_cores
from services.core.claims import Claim, Judged, JudgedLine, Standing, Topic
from services.core.report import Report
from services.core.summary import Warn
from services.core.trial import TrialResult

NOT_YET: Final = Judged(standing=Standing.OPEN, result="")


#: Warnings about a busy machine, or cores that were not whole: a claim compares models, and models that need all cores
#: lose most.
BUSY: Final = frozenset({Warn.HOST_BUSY, Warn.CORES_NOT_WHOLE, Warn.CLOCK_RATE_DRIFTS})
#: Validity warnings that do not affect a ratio of two figures.
HARMLESS: Final = frozenset({Warn.WINDOW_TOO_SHORT})


@dataclass(frozen=True, slots=True)
class Judge:
    """A claim with its rule."""

    claim: Claim
    #: Judges one experiment. A claim with several experiments holds if the rule holds in each of them.
    rule: Callable[[PresetTrials], Judged]
    #: Whether it is judged by returned numbers instead of times: then a busy machine does not matter.
    certain: bool = False

    def judge(self, results: Sequence[TrialResult], report: Report) -> Judged:
        """Judge the trials of one of its experiments. Never raises: the text names missing trials."""
        doubts = {} if self.certain else _doubts(report)
        if unreliable := [text for warn, text in doubts.items() if warn not in BUSY]:
            return Judged(standing=Standing.OPEN, result=f"Not reliable: {'; '.join(unreliable)}. Measure it again.")
        trials = PresetTrials(
            results=results,
            cores=usable_cores(by_host(report.environment.nodes)),
            slot_memory={one.group.model: one for one in report.findings.memory},
        )
        try:
            found = self.rule(trials)
        except Missing as missing:
            return Judged(standing=Standing.OPEN, result=f"Not judged yet: {missing}.")
        return replace(found, standing=found.standing.busy) if doubts else found

    def together(self, judged: Mapping[str, Judged]) -> Judged:
        """Combine the results of its experiments, by preset; a missing preset was never measured."""
        if len(self.claim.presets) == 1:
            return judged.get(self.claim.presets[0], NOT_YET)
        found = {preset: judged.get(preset, NOT_YET) for preset in self.claim.presets}
        if not any(one.result for one in found.values()):
            return NOT_YET
        lines = tuple(JudgedLine(preset=name, standing=one.standing, result=one.result) for name, one in found.items())
        return Judged(standing=_together(lines), result=_summary(lines), lines=lines)


def _doubts(report: Report) -> dict[Warn, str]:
    """Return the validity warnings about any cell with their clauses, and the warnings of BUSY."""
    found = {warned.name: warned.doubt for cell in report.cells for warned in cell.warnings}
    return {warn: text for warn, text in found.items() if warn in BUSY or (text and warn not in HARMLESS)}


def _together(lines: Sequence[JudgedLine]) -> Standing:
    """Return OPEN while one line is open; else as `together`, with a doubt if one line has a doubt."""
    if any(line.standing is Standing.OPEN for line in lines):
        return Standing.OPEN
    standing = together(*(line.standing.quiet for line in lines))
    return standing if all(line.standing.quiet is line.standing for line in lines) else standing.busy


def _summary(lines: Sequence[JudgedLine]) -> str:
    missing = [line.preset for line in lines if line.standing is Standing.OPEN]
    if missing:
        return f"Still to be measured: {' and '.join(missing)}."
    by_answer = {
        answer: [line.preset for line in lines if line.standing.quiet is answer]
        for answer in (Standing.HOLDS, Standing.FAILS, Standing.CLOSE)
    }
    words = {Standing.HOLDS: "Holds for", Standing.FAILS: "does not hold for", Standing.CLOSE: "too close to call for"}
    text = "; ".join(f"{words[answer]} {' and '.join(names)}" for answer, names in by_answer.items() if names)
    return f"{text[:1].upper()}{text[1:]}."


_ALL: Final = (
    Judge(
        Claim(
            name="threads-share-memory",
            topic=Topic.THREADS,
            statement="Threads share memory.",
            why="All threads of a process share one address space: each thread reads data that another one wrote.",
            rule="holds if a task in a thread sees at least 99 % of the marks that all tasks left in memory",
            presets=("marks",),
        ),
        shared_state.memory_of_threads,
        certain=True,
    ),
    Judge(
        Claim(
            name="communication-is-easy",
            topic=Topic.THREADS,
            statement="Communication between threads is easy.",
            why="A shared variable passes a reference. Between processes the message is copied, written and read.",
            rule="holds if a message there and back takes less time through a shared variable than through a pipe",
            presets=("channels",),
        ),
        costs.easy,
    ),
    Judge(
        Claim(
            name="thread-overhead-is-low",
            topic=Topic.THREADS,
            statement="The overhead of a thread is low.",
            why="A thread needs a stack and an entry in the scheduler; it brings no interpreter of its own.",
            rule="holds if starting a thread takes less than a tenth of the time of a process with a fresh interpreter",
            presets=("starting",),
        ),
        costs.thread_overhead,
    ),
    Judge(
        Claim(
            name="gil",
            topic=Topic.THREADS,
            statement="The GIL prevents true parallelism for CPU-bound work.",
            why="Only the thread that holds the interpreter's lock runs Python code; the others wait for their turn.",
            rule="holds if two threads of pure Python do less than 1.25 times the work of one",
            presets=("computing",),
        ),
        computing.gil,
    ),
    Judge(
        Claim(
            name="threads-for-io",
            topic=Topic.THREADS,
            statement="Threads are best for I/O.",
            why="A thread that waits gives up the GIL, so all can wait at once, in one process.",
            rule="holds if threads, in waiting, HTTP and files alike, do more than 3 times as much as one task "
            "after another, as much as any other model to within 5 %, in less memory than processes",
            presets=("waiting", "HTTP", "files"),
        ),
        waiting.best_for_io,
    ),
    Judge(
        Claim(
            name="threads-race",
            topic=Topic.THREADS,
            statement="Threads allow race conditions.",
            why="Another thread may write between reading a value and writing it back: its update is lost.",
            rule="holds if threads lose updates of a shared count without a lock, and none are lost with one or one "
            "task after another; no loss proves nothing",
            presets=("counting",),
        ),
        shared_state.races,
        certain=True,
    ),
    Judge(
        Claim(
            name="processes-separate-memory",
            topic=Topic.PROCESSES,
            statement="Processes have separate memory.",
            why="Each process has an address space of its own; after the fork no other process sees its writes.",
            rule="holds if no task in a process sees more than 90 % of the marks that all tasks left",
            presets=("marks",),
        ),
        shared_state.memory_of_processes,
        certain=True,
    ),
    Judge(
        Claim(
            name="ipc-costs-more",
            topic=Topic.PROCESSES,
            statement="Communication between processes costs more.",
            why="A task and its outcome are pickled, written to a pipe, and wake another process on both ways.",
            rule="holds if carrying a task into a slot and its outcome back takes longer with processes than threads",
            presets=("computing",),
        ),
        costs.ipc,
    ),
    Judge(
        Claim(
            name="processes-start-slower",
            topic=Topic.PROCESSES,
            statement="The overhead of a process is higher: it takes longer to start.",
            why="A process needs an address space, page tables, and its own interpreter.",
            rule="holds if starting a process takes longer than starting a thread, even by fork",
            presets=("starting",),
        ),
        costs.process_overhead,
    ),
    Judge(
        Claim(
            name="processes-take-memory",
            topic=Topic.PROCESSES,
            statement="The overhead of a process is higher: it takes more memory.",
            why="Pages shared after the fork are copied when either side writes to them, and reference counts do.",
            rule="holds if a further slot takes more memory (PSS) as a process than as a thread",
            presets=("waiting",),
        ),
        costs.slot_memory,
    ),
    Judge(
        Claim(
            name="processes-run-in-parallel",
            topic=Topic.PROCESSES,
            statement="Processes run CPU-bound work in true parallel.",
            why="Every process has a GIL of its own, so each can have a core.",
            rule="holds if two processes of pure Python do more than 1.5 times the work of one",
            presets=("computing",),
        ),
        computing.parallel,
    ),
    Judge(
        Claim(
            name="processes-isolate-faults",
            topic=Topic.PROCESSES,
            statement="Processes isolate faults.",
            why="A process that dies loses only its own task; a thread that kills its process loses all tasks.",
            rule="holds if tasks that had not begun when one kills its process still end well with processes, and do "
            "not with threads",
            presets=("dying",),
        ),
        shared_state.isolation,
        certain=True,
    ),
    Judge(
        Claim(
            name="sequential-is-predictable",
            topic=Topic.SEQUENTIAL,
            statement="Sequential is predictable.",
            why="A task has the interpreter to itself from its start to its end; no other task takes turns with it.",
            rule="holds if the slowest 5 % of tasks are further from the median in threads than one after another",
            presets=("computing",),
        ),
        computing.predictable,
    ),
    Judge(
        Claim(
            name="sequential-underuses",
            topic=Topic.SEQUENTIAL,
            statement="Sequential underuses the machine.",
            why="One task after another keeps at most one core busy; the others are idle.",
            rule="holds if two processes do more than 1.25 times as much as one task after another",
            presets=("computing",),
        ),
        computing.underuses,
    ),
    Judge(
        Claim(
            name="many-or-few-waits",
            topic=Topic.SEQUENTIAL,
            statement="Many I/O operations favour threads or async, few do not.",
            why="Only waiting time can be used by other tasks: a task that hardly waits leaves none.",
            rule="holds if 8 threads and 8 greenlets do more than 3 times as much as one task after another where "
            "tasks wait 95 % of the time, and less than 1.5 times where they wait 5 %",
            presets=("waits",),
        ),
        waiting.many_or_few,
    ),
)

#: By name.
JUDGES: Final[Mapping[str, Judge]] = {one.claim.name: one for one in _ALL}
