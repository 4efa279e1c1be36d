"""Rules for what slots cost: to start, to keep, to talk to."""

from __future__ import annotations

from services.analysis import intervals
from services.analysis.claims.evidence import Evidence, Missing, above, below, judged, over, timed, times
from services.core.claims import Judged, Standing
from services.core.experiment import Model
from services.core.trial import Figures

#: A thread's start counts as low below this part of a fresh interpreter's.
LOW = 0.1
#: Bytes of one MiB.
MIB = 2**20


def easy(evidence: Evidence) -> Judged:
    """An exchange through a variable against one through a pipe."""
    variable, pipe = _exchange(evidence, "variable"), _exchange(evidence, "pipe")
    size = evidence.of(Model.SEQUENTIAL)[0].trial.cell.params["message_bytes"]
    ratio = over(pipe, variable)
    return judged(
        above(ratio, 1.0),
        f"A message of {int(size) // 1024} KiB there and back takes {_time(variable)} through a shared variable and "
        f"{_time(pipe)} through a pipe between processes: {times(ratio)} as long.",
    )


def ipc(evidence: Evidence) -> Judged:
    """The hand-over of one task into a slot and back, prefork over threads."""
    threads, processes = (evidence.each(_handover, model) for model in (Model.THREADS, Model.PREFORK))
    ratio = over(processes, threads)
    return judged(
        above(ratio, 1.0),
        f"To carry a task into a slot and its outcome back takes {_time(threads)} with threads and {_time(processes)} "
        f"with processes: {times(ratio)} as long.",
    )


def thread_overhead(evidence: Evidence) -> Judged:
    """Starting a thread against starting a fresh interpreter."""
    thread, interpreter = (evidence.each(_body, Model.SEQUENTIAL, kind=kind) for kind in ("thread", "interpreter"))
    ratio = over(thread, interpreter)
    return judged(
        below(ratio, LOW),
        f"To start a thread and wait for its end takes {_time(thread)}, {times(ratio)} the time of a process with a "
        f"fresh interpreter.",
    )


def process_overhead(evidence: Evidence) -> Judged:
    """Starting a process by fork, the quickest way there is, against starting a thread."""
    thread, fork, interpreter = (
        evidence.each(_body, Model.SEQUENTIAL, kind=kind) for kind in ("thread", "fork", "interpreter")
    )
    ratio = over(fork, thread)
    return judged(
        above(ratio, 1.0),
        f"To fork the process and wait for its end takes {_time(fork)}, {times(ratio)} the time of a thread; a fresh "
        f"interpreter takes {_time(interpreter)}.",
    )


def slot_memory(evidence: Evidence) -> Judged:
    """Memory of a further slot, prefork against threads."""
    for model in (Model.THREADS, Model.PREFORK):
        if model not in evidence.slot_memory:
            raise Missing(f"{model} was not measured with two numbers of slots")
    thread, process = evidence.slot_memory[Model.THREADS], evidence.slot_memory[Model.PREFORK]
    if thread.low is None or thread.high is None or process.low is None or process.high is None:
        standing = Standing.CLOSE
    elif process.low > thread.high:
        standing = Standing.HOLDS
    else:
        standing = Standing.FAILS if process.high < thread.low else Standing.CLOSE
    return judged(
        standing,
        f"A further slot takes {process.median / MIB:.1f} MiB as a process, {thread.median / MIB:.2f} MiB as a thread.",
    )


def _time(figures: dict[int, float]) -> str:
    return timed(intervals.median(list(figures.values())))


def _handover(figures: Figures) -> float:
    return figures.handover


def _body(figures: Figures) -> float:
    return figures.breakdown.body


def _exchange(evidence: Evidence, kind: str) -> dict[int, float]:
    """Seconds of one exchange, by repeat."""
    exchanges = evidence.of(Model.SEQUENTIAL, kind=kind)[0].trial.cell.params["exchanges"]
    return {
        repeat: body / float(exchanges) for repeat, body in evidence.each(_body, Model.SEQUENTIAL, kind=kind).items()
    }
