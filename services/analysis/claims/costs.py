"""Rules about the cost of slots: starting, memory, communication."""

from __future__ import annotations

import math

from services.analysis.cells import intervals
from services.analysis.claims.preset_trials import Missing, PresetTrials, above, below, judged, over, timed, times
from services.core.claims import Judged, Standing
from services.core.figures import Figures
from services.core.findings import SlotMemory
from services.core.models import Model

#: Starting a thread counts as cheap below this share of the time of a fresh interpreter.
LOW = 0.1
#: Bytes of one MiB.
MIB = 2**20


def easy(trials: PresetTrials) -> Judged:
    """Judge the time of an exchange through a pipe over one through a shared variable."""
    variable, pipe = _exchange(trials, "variable"), _exchange(trials, "pipe")
    size = trials.of(Model.SEQUENTIAL)[0].trial.cell.params["message_bytes"]
    ratio = over(pipe, variable)
    return judged(
        above(ratio, 1.0),
        f"A message of {int(size) // 1024} KiB there and back takes {_time(variable)} through a shared variable and "
        f"{_time(pipe)} through a pipe between processes: {times(ratio)} as long.",
    )


def ipc(trials: PresetTrials) -> Judged:
    """Judge the hand-over time of one task into a slot and back, prefork over threads."""
    threads, processes = (trials.each(_handover, model) for model in (Model.THREADS, Model.PREFORK))
    ratio = over(processes, threads)
    return judged(
        above(ratio, 1.0),
        f"To carry a task into a slot and its outcome back takes {_time(threads)} with threads and {_time(processes)} "
        f"with processes: {times(ratio)} as long.",
    )


def thread_overhead(trials: PresetTrials) -> Judged:
    """Judge the time to start a thread over the time to start a fresh interpreter."""
    thread, interpreter = (trials.each(_body, Model.SEQUENTIAL, kind=kind) for kind in ("thread", "interpreter"))
    ratio = over(thread, interpreter)
    return judged(
        below(ratio, LOW),
        f"To start a thread and wait for its end takes {_time(thread)}, {times(ratio)} the time of a process with a "
        f"fresh interpreter.",
    )


def process_overhead(trials: PresetTrials) -> Judged:
    """Judge the time to fork a process, the fastest way, over the time to start a thread."""
    thread, fork, interpreter = (
        trials.each(_body, Model.SEQUENTIAL, kind=kind) for kind in ("thread", "fork", "interpreter")
    )
    ratio = over(fork, thread)
    return judged(
        above(ratio, 1.0),
        f"To fork the process and wait for its end takes {_time(fork)}, {times(ratio)} the time of a thread; a fresh "
        f"interpreter takes {_time(interpreter)}.",
    )


def slot_memory(trials: PresetTrials) -> Judged:
    """Judge the memory of a further slot, prefork against threads."""
    for model in (Model.THREADS, Model.PREFORK):
        if model not in trials.slot_memory:
            raise Missing(f"{model} was not measured at two concurrencies")
    thread, process = trials.slot_memory[Model.THREADS], trials.slot_memory[Model.PREFORK]
    return judged(
        _more(process, thread),
        f"A further slot takes {_slot(process, '.1f')} as a process, {_slot(thread, '.2f')} as a thread.",
    )


def _more(one: SlotMemory, other: SlotMemory) -> Standing:
    """Judge whether a slot of `one` takes more memory: its interval is above that of `other`.

    An interval that includes 0 has only an upper bound; without an upper bound the result is too close to call.
    """
    (low, high), (other_low, other_high) = _slot_bounds(one), _slot_bounds(other)
    if low > other_high:
        return Standing.HOLDS
    return Standing.FAILS if high < other_low else Standing.CLOSE


def _slot_bounds(one: SlotMemory) -> tuple[float, float]:
    if one.per_slot is None:
        return -math.inf, math.inf if one.upper_bound is None else float(one.upper_bound)
    if one.per_slot.bounds is None:
        return -math.inf, math.inf
    return one.per_slot.bounds


def _slot(one: SlotMemory, form: str) -> str:
    if one.per_slot is not None:
        return f"{one.per_slot.estimate / MIB:{form}} MiB"
    return "nothing measurable" if one.upper_bound is None else f"under {one.upper_bound / MIB:{form}} MiB"


def _time(figures: dict[int, float]) -> str:
    return timed(intervals.median(list(figures.values())))


def _handover(figures: Figures) -> float:
    return figures.handover


def _body(figures: Figures) -> float:
    return figures.breakdown.body


def _exchange(trials: PresetTrials, kind: str) -> dict[int, float]:
    """Return the seconds of one exchange, by repeat."""
    exchanges = trials.of(Model.SEQUENTIAL, kind=kind)[0].trial.cell.params["exchanges"]
    return {repeat: body / float(exchanges) for repeat, body in trials.each(_body, Model.SEQUENTIAL, kind=kind).items()}
