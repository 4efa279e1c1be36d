"""What each model is, in one line for someone who meets it today."""

from __future__ import annotations

from typing import Final

from services.core.experiment import Model

ABOUT: Final[dict[Model, str]] = {
    Model.SEQUENTIAL: "One task after another, in one process.",
    Model.THREADS: "One process, many threads: shared memory, one GIL.",
    Model.GEVENT: "One thread, many greenlets that take turns while they wait.",
    Model.PREFORK: "A process for every slot: memory and a GIL of its own.",
}
