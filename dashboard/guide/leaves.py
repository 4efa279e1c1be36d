"""Where paths of the decision guide end: what is recommended, what to mind, and what tests it."""

from __future__ import annotations

from typing import Final

from dashboard.guide.decisions import Check, Leaf
from services.core.models import Model

SEQUENTIAL: Final = Leaf(
    name="sequential",
    title="Sequential",
    says="One task after another is enough, or all there is to gain.",
    benefits=(
        "Nothing to lock, nothing to carry between slots, and errors appear where they happen.",
        "The least memory, and times that vary least.",
    ),
    considerations=(
        "It keeps one core busy at the most, and waits whenever a task waits.",
        "When the load grows, ask again: another worker beside it is the simplest way to more.",
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
    says="A process for every core: prefork in Celery, with about as many slots as there are cores.",
    benefits=(
        "Python code runs on several cores at once, each process with a GIL of its own.",
        "A crash costs one process and the task in it.",
    ),
    considerations=(
        "Every process takes memory of its own and longer to start.",
        "Arguments and results are pickled and copied: small tasks may cost more to carry than to do.",
        "More processes than cores bring nothing but memory.",
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
    says="Many threads in one process, which wait at the same time and see the same memory.",
    benefits=(
        "Waits overlap: many slots cost little memory.",
        "What tasks share needs no copy: connections, caches, results.",
        "Libraries that block work as they are.",
    ),
    considerations=(
        "What is shared needs a lock, or updates get lost.",
        "Only one thread runs Python at a time: computing between the waits adds up.",
        "A crash takes all threads of the process.",
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
    says="With few waits there is little to overlap: greenlets if it should be a little more, else one after another.",
    benefits=(
        "One thread: tasks change places only where they wait, so fewer locks are needed.",
        "A greenlet takes less memory than a thread, and sequential takes none at all.",
    ),
    considerations=(
        "A task that computes holds up all the others.",
        "Libraries must let go while they wait: gevent patches Python's own, not C code.",
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
    says="Chunks that need each other's results call for an algorithm made for that, or for code that lets the GIL go.",
    benefits=(
        "Array libraries and compiled code use several cores from a single task.",
        "A better algorithm often gains more than more cores would.",
    ),
    considerations=(
        "What is sequential by nature bounds the gain, whatever the number of cores (Amdahl's law).",
        "Steps that exchange data often pay for every exchange between processes.",
    ),
    check=Check(
        workload="primes",
        params={},
        models=(Model.SEQUENTIAL, Model.THREADS, Model.PREFORK),
        concurrency=(2, 4),
        expects=frozenset(),
        about="The lab runs tasks that do not need each other. What it measures is the most that splitting could gain: "
        "an algorithm of your own is to be held against that.",
    ),
)
