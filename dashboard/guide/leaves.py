"""The ends of the decision guide: a recommendation with its benefits and considerations, and a test of it."""

from __future__ import annotations

from typing import Final

from dashboard.guide.decisions import Check, Leaf
from services.core.models import Model

SEQUENTIAL: Final = Leaf(
    name="sequential",
    title="Sequential",
    summary="One task after another is enough; more slots would gain nothing.",
    benefits=(
        "No locks, no data to move between slots, and errors appear where they happen.",
        "The least memory, and the most even run times.",
    ),
    considerations=(
        "It uses at most one core, and is idle while a task waits.",
        "When the load grows, the simplest way to more throughput is a second worker.",
    ),
    check=Check(
        workload="echo",
        params={},
        models=tuple(Model),
        concurrency=(2,),
        expects=frozenset({Model.SEQUENTIAL}),
        about="Your task in two slots of every model, against one after another.",
    ),
)

PROCESSES: Final = Leaf(
    name="multiprocessing",
    title="Multiprocessing",
    summary="A process for every core: prefork in Celery, with about as many slots as there are cores.",
    benefits=(
        "Python code runs on several cores at once, each process with a GIL of its own.",
        "A crash costs one process and the task in it.",
    ),
    considerations=(
        "Every process takes memory of its own, and time to start.",
        "Arguments and results are pickled and copied: moving a small task may cost more than running it.",
        "More processes than cores only take memory.",
    ),
    check=Check(
        workload="primes",
        params={},
        models=(Model.SEQUENTIAL, Model.THREADS, Model.PREFORK),
        concurrency=(2, 4),
        expects=frozenset({Model.PREFORK}),
        about="Your task in two and four processes, against as many threads and one after another.",
    ),
)

THREADS: Final = Leaf(
    name="multithreading",
    title="Multithreading",
    summary="Many threads in one process: they wait at the same time and share one memory.",
    benefits=(
        "Waits overlap: many slots cost little memory.",
        "Shared data needs no copies: connections, caches, results.",
        "Blocking libraries work unchanged.",
    ),
    considerations=(
        "Shared data needs a lock, or updates get lost.",
        "Only one thread runs Python at a time: computing between the waits adds up.",
        "A crash ends all threads of the process.",
    ),
    check=Check(
        workload="wait",
        params={},
        models=tuple(Model),
        concurrency=(16,),
        expects=frozenset({Model.THREADS}),
        about="Your task in sixteen threads, against as many greenlets and processes, and one after another.",
    ),
)

ASYNC: Final = Leaf(
    name="async-or-sequential",
    title="Async or sequential",
    summary="With few waits there is little to overlap: greenlets gain a little, sequential is simpler.",
    benefits=(
        "One thread: tasks switch only where they wait, so fewer locks are needed.",
        "A greenlet takes less memory than a thread; sequential takes no extra memory.",
    ),
    considerations=(
        "A task that computes blocks all others.",
        "Libraries must yield while they wait: gevent patches the standard library, not C code.",
    ),
    check=Check(
        workload="wait",
        params={},
        models=tuple(Model),
        concurrency=(1,),
        expects=frozenset({Model.GEVENT, Model.SEQUENTIAL}),
        about="Your task one at a time in every model: with few waits under way there is nothing else to overlap.",
    ),
)

SPECIALISED: Final = Leaf(
    name="specialised-algorithms",
    title="Specialised algorithms",
    summary="Chunks that need each other's results need a special algorithm, or code that releases the GIL.",
    benefits=(
        "Array libraries and compiled code use several cores from a single task.",
        "A better algorithm often gains more than additional cores.",
    ),
    considerations=(
        "The part that must run sequentially limits the gain on any number of cores (Amdahl's law).",
        "Processes that exchange data often pay for every exchange.",
    ),
    check=Check(
        workload="primes",
        params={},
        models=(Model.SEQUENTIAL, Model.THREADS, Model.PREFORK),
        concurrency=(2, 4),
        expects=frozenset(),
        about="The lab runs independent tasks. Their gain is the most that splitting could gain: compare your own "
        "algorithm with it.",
    ),
)
