"""The ends of the decision guide: a recommendation with its benefits and considerations, and a test of it."""

from __future__ import annotations

from typing import Final

from dashboard.guide.decisions import Bullet, Check, Leaf
from services.core.models import Model

SEQUENTIAL: Final = Leaf(
    name="sequential",
    title="Sequential",
    summary="One task after another is enough; more slots would gain nothing.",
    benefits=(
        Bullet(text="Simple to debug: errors appear where they happen."),
        Bullet(text="No synchronisation issues: no locks, and no data to move between slots."),
        Bullet(text="Predictable: the most even run times, and the least memory.", claim="sequential-is-predictable"),
    ),
    considerations=(
        Bullet(
            text="It may be slower for work that could run in parallel: it uses at most one core.",
            claim="sequential-underuses",
        ),
        Bullet(text="It underuses the machine: it is idle while a task waits.", claim="threads-for-io"),
        Bullet(text="When the load grows, the simplest way to more throughput is a second worker."),
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
        Bullet(text="True parallelism: Python code runs on several cores at once.", claim="processes-run-in-parallel"),
        Bullet(text="It bypasses the GIL: each process has one of its own.", claim="gil"),
        Bullet(text="Fault isolation: a crash costs one process and the task in it.", claim="processes-isolate-faults"),
    ),
    considerations=(
        Bullet(text="Higher memory usage: every process has memory of its own.", claim="processes-take-memory"),
        Bullet(text="Process creation overhead: every process takes time to start.", claim="processes-start-slower"),
        Bullet(
            text="IPC complexity: arguments and results are pickled and copied, often longer than a small task takes.",
            claim="ipc-costs-more",
        ),
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
        Bullet(text="Low overhead: many slots cost little memory.", claim="thread-overhead-is-low"),
        Bullet(text="Easy data sharing: connections, caches and results need no copies.", claim="threads-share-memory"),
        Bullet(
            text="Great for I/O wait: waits overlap, and blocking libraries work unchanged.", claim="threads-for-io"
        ),
    ),
    considerations=(
        Bullet(text="The GIL limits CPU parallelism: only one thread runs Python at a time.", claim="gil"),
        Bullet(text="Race conditions are possible: updates get lost without a lock.", claim="threads-race"),
        Bullet(
            text="Shared state is complex, and a crash ends all threads of the process.",
            claim="processes-isolate-faults",
        ),
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
    title="Async/await or sequential",
    summary="With few waits there is little to overlap: greenlets gain a little, sequential is simpler.",
    benefits=(
        Bullet(text="One thread: tasks switch only where they wait, so fewer locks are needed."),
        Bullet(
            text="With async and await, or with greenlets, many waits cost little memory.", claim="many-or-few-waits"
        ),
        Bullet(text="Sequential takes no extra memory, and is the simplest to debug."),
    ),
    considerations=(
        Bullet(text="A task that computes holds up all others."),
        Bullet(text="Libraries must yield while they wait: gevent patches the standard library, not C code."),
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
    title="Sequential or specialised algorithms",
    summary="Chunks that need each other's results need a special algorithm, or code that releases the GIL.",
    benefits=(
        Bullet(text="Array libraries and compiled code use several cores from a single task."),
        Bullet(text="A better algorithm often gains more than additional cores."),
    ),
    considerations=(
        Bullet(text="The part that must run sequentially limits the gain on any number of cores (Amdahl's law)."),
        Bullet(text="Processes that exchange data often pay for every exchange.", claim="ipc-costs-more"),
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
