"""The table of concurrency models: one frozen entry per model, and the only place that knows how models differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.core.units import Bytes

_MIB: Final = 2**20
#: Celery's own `worker_prefetch_multiplier`.
_PREFETCH: Final = 4
#: `worker_prefetch_multiplier` that turns the limit off.
NO_LIMIT: Final = 0


#: Why the threads pool has no prefetch limit with an old kombu.
OLD_KOMBU: Final = (
    "Before kombu 5.7 a worker of the threads pool stops for seconds whenever its prefetch window is full."
)


class Slot(StrEnum):
    """The kind of thing that runs one task at a time."""

    #: The worker's own main thread: always exactly one slot.
    MAIN = "main thread"
    THREAD = "thread"
    GREENLET = "greenlet"
    PROCESS = "process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Requirements on the interpreter of a measured worker."""

    #: Importable modules beside Celery.
    modules: tuple[str, ...] = ()
    #: Lowest Python version.
    python: tuple[int, int] = (3, 8)
    #: Whether the pool needs a build with the GIL.
    gil_build: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """Colour and shapes of a model in every figure; each is unique, because colour alone is not enough for everyone."""

    #: From Okabe and Ito, "Color Universal Design" (2008), with a contrast of at least 3 on both backgrounds.
    colour: str
    #: Plotly's name of the marker, and the same shape as a character for text.
    marker: str
    glyph: str
    #: Plotly's name of the dash.
    dash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """One entry of the table."""

    #: Value of `celery worker -P`.
    pool: str
    slot: Slot
    #: One line for a newcomer.
    about: str
    appearance: Appearance
    needs: Needs = Needs()
    #: Memory that a slot takes beside its task.
    slot_memory: Bytes
    #: Most slots of one worker; None: the bound that holds for every model.
    most_slots: int | None = None
    #: The lab's `worker_prefetch_multiplier` where a request names none; 0 = no limit.
    prefetch: int = _PREFETCH
    #: Whether the lab makes all slots share one result backend (`result_backend_thread_safe`).
    shares_backend: bool = False
    #: How child processes start; empty for pools that start none.
    start_method: str = ""
    #: Why the lab's settings differ from Celery's own; empty when they do not.
    settings_reason: str = ""

    @property
    def has_one_slot(self) -> bool:
        """Whether `-c` changes nothing."""
        return self.slot is Slot.MAIN

    @property
    def has_thread_per_slot(self) -> bool:
        """Whether no two slots share a thread: only then is a thread's CPU time the CPU time of one task."""
        return self.slot is not Slot.GREENLET

    @property
    def starts_processes(self) -> bool:
        """Whether every slot is a process, with memory and a GIL of its own."""
        return self.slot is Slot.PROCESS


class Model(StrEnum):
    """A concurrency model: a Celery pool on an interpreter."""

    SEQUENTIAL = "sequential"
    THREADS = "threads"
    GEVENT = "gevent"
    PREFORK = "prefork"

    @property
    def traits(self) -> Traits:
        """The model's entry in the table."""
        return MODELS[self]


MODELS: Final[Mapping[Model, Traits]] = {
    Model.SEQUENTIAL: Traits(
        pool="solo",
        slot=Slot.MAIN,
        about="One task after another, in one process.",
        appearance=Appearance(colour="#CC79A7", marker="diamond", glyph="◆", dash="dot"),
        slot_memory=0,
    ),
    Model.THREADS: Traits(
        pool="threads",
        slot=Slot.THREAD,
        about="One process, many threads: shared memory, one GIL.",
        appearance=Appearance(colour="#0072B2", marker="circle", glyph="●", dash="solid"),
        slot_memory=_MIB // 4,
    ),
    Model.GEVENT: Traits(
        pool="gevent",
        slot=Slot.GREENLET,
        about="One thread, many greenlets that take turns while they wait.",
        appearance=Appearance(colour="#009E73", marker="triangle-up", glyph="▲", dash="dash"),
        needs=Needs(modules=("gevent",), gil_build=True),
        slot_memory=_MIB // 4,
        prefetch=NO_LIMIT,
        shares_backend=True,
        settings_reason="Stock gevent on Redis stalls for up to 2 s whenever its prefetch window is full, and opens a "
        "Redis connection per task because every greenlet makes a result backend of its own.",
    ),
    Model.PREFORK: Traits(
        pool="prefork",
        slot=Slot.PROCESS,
        about="A process for every slot: memory and a GIL of its own.",
        appearance=Appearance(colour="#D55E00", marker="square", glyph="■", dash="dashdot"),
        slot_memory=20 * _MIB,
        most_slots=64,
        start_method="fork",
    ),
}


def usual_prefetch() -> str:
    """Return the lab's prefetch multipliers as text: `4, and no limit for gevent`."""
    special = {model: one.prefetch for model, one in MODELS.items() if one.prefetch != _PREFETCH}
    exceptions = (f"{prefetch or 'no limit'} for {model}" for model, prefetch in special.items())
    return ", and ".join((str(_PREFETCH), *exceptions))


def stalls_threads(kombu: str) -> bool:
    """Return whether this version of kombu stops a worker of the threads pool when its prefetch window is full."""
    return bool(kombu) and tuple(map(int, kombu.split(".")[:2])) < (5, 7)
