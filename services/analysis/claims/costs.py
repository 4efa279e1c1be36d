"""Rules for what slots cost: to start, to keep, to talk to."""

from __future__ import annotations

from services.analysis import intervals
from services.analysis.claims.evidence import Evidence, Missing, at_least, at_most, judged, over, timed, times
from services.core.claims import Judged
from services.core.experiment import Model
from services.core.summary import Interval
from services.core.trial import Figures

#: A thread's start and a slot's memory count as low below these parts of a process's.
LOW = 0.1
#: Bytes of one MiB.
MIB = 2**20
#: Exchanges in one task of the `channels` preset: the default of its workload.
EXCHANGES = 200


def easy(evidence: Evidence) -> Judged:
    """An exchange through a variable against one through a pipe."""
    variable = evidence.each(_exchange, Model.SEQUENTIAL, kind="variable")
    pipe = evidence.each(_exchange, Model.SEQUENTIAL, kind="pipe")
    ratio = over(pipe, variable)
    return judged(
        at_least(ratio, 1.0),
        f"A message of 256 KiB there and back takes {_time(variable)} through a shared variable and {_time(pipe)} "
        f"through a pipe between processes: {times(ratio)} as long.",
    )


def ipc(evidence: Evidence) -> Judged:
    """The hand-over of one task into a slot and back, prefork over threads."""
    threads, processes = (evidence.each(_handover, model) for model in (Model.THREADS, Model.PREFORK))
    ratio = over(processes, threads)
    return judged(
        at_least(ratio, 1.0),
        f"To carry a task into a slot and its outcome back takes {_time(threads)} with threads and {_time(processes)} "
        f"with processes: {times(ratio)} as long.",
    )


def thread_overhead(evidence: Evidence) -> Judged:
    """Starting a thread against starting a process."""
    thread = evidence.each(_body, Model.SEQUENTIAL, kind="thread")
    ratio = over(thread, evidence.each(_body, Model.SEQUENTIAL, kind="process"))
    return judged(
        at_most(ratio, LOW),
        f"To start a thread and wait for its end takes {_time(thread)}, {times(ratio)} the time of a process.",
    )


def process_overhead(evidence: Evidence) -> Judged:
    """Starting a process against starting a thread."""
    process = evidence.each(_body, Model.SEQUENTIAL, kind="process")
    ratio = over(process, evidence.each(_body, Model.SEQUENTIAL, kind="thread"))
    return judged(
        at_least(ratio, 1.0),
        f"To start a process and wait for its end takes {_time(process)}, {times(ratio)} the time of a thread.",
    )


def slot_memory(evidence: Evidence) -> Judged:
    """Memory of a further slot, prefork against threads."""
    thread, process = _slope(evidence, Model.THREADS), _slope(evidence, Model.PREFORK)
    more = Interval(
        median=process.median - thread.median,
        low=None if process.low is None or thread.high is None else process.low - thread.high,
        high=None if process.high is None or thread.low is None else process.high - thread.low,
    )
    return judged(
        at_least(more, 0.0),
        f"A further slot takes {process.median / MIB:.1f} MiB as a process, {thread.median / MIB:.2f} MiB as a thread.",
    )


def _slope(evidence: Evidence, model: Model) -> Interval:
    """Bytes a slot between the smallest and the largest concurrency, by repeat."""
    slots = sorted({one.trial.cell.concurrency for one in evidence.results if one.trial.cell.model is model})
    if len(slots) < 2:
        raise Missing(f"{model} was not measured with two numbers of slots")
    few, many = (evidence.each(_memory, model, count) for count in (slots[0], slots[-1]))
    common = sorted(few.keys() & many.keys())
    if not common:
        raise Missing(f"{model} has no repeat with both numbers of slots")
    return intervals.median([(many[repeat] - few[repeat]) / (slots[-1] - slots[0]) for repeat in common])


def _time(figures: dict[int, float]) -> str:
    return timed(intervals.median(list(figures.values())))


def _memory(figures: Figures) -> float:
    return float(figures.pss.peak)


def _handover(figures: Figures) -> float:
    return figures.handover


def _body(figures: Figures) -> float:
    return figures.breakdown.cpu + figures.breakdown.off_cpu


def _exchange(figures: Figures) -> float:
    return _body(figures) / EXCHANGES
