"""Hand-made spans, trials and reports: everything is given in round numbers and can be checked in the head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from concurrency_lab_inside.stamps import COLUMNS, Outcome, Stamp
from services.analysis.trial import spans
from services.analysis.trial.spans import SpanTable
from services.core.cpu_usage import CoreWait, Usage
from services.core.environment import Environment, Fingerprint, Node
from services.core.experiment import Cell, Effort, Experiment, Plan, Record, State, Trial
from services.core.figures import Breakdown, Carriage, Figures, Footprint, Latency, ReturnedNumbers
from services.core.models import Model
from services.core.trial import Facts, NodeTrial, Phases, Sample, TrialResult
from tests.unit.analysis.used import cores_used, usage

MILLISECOND = 1_000_000
MB = 1_000_000
#: Where the clocks of hand-made spans stand: an uptime of 100 s.
EPOCH = 100_000 * MILLISECOND

SEQUENTIAL = Cell(workload="primes", params={"limit": 9}, model=Model.SEQUENTIAL, concurrency=1, replicas=1)
THREADS = Cell(workload="primes", params={"limit": 9}, model=Model.THREADS, concurrency=2, replicas=1)
PREFORK = Cell(workload="primes", params={"limit": 9}, model=Model.PREFORK, concurrency=2, replicas=1)


def row(
    started: float,
    *,
    body: float = 10,
    out: float = 1,
    storing: float = 2,
    back: float = 3,
    outcome: Outcome = Outcome.OK,
    starts: int = 1,
    told: int = 0,
    storing_cpu: float = 0,
) -> list[int]:
    """A task that began `started` ms after EPOCH, durations in ms."""
    steps = np.cumsum([started, body, storing, back]) * MILLISECOND
    first, last, stored, returned = (EPOCH + int(step) for step in steps)
    handed = first - int(out * MILLISECOND)
    cpu = int(body * MILLISECOND)
    times = [EPOCH - 2, EPOCH - 1, handed, first, last, stored, returned]
    return [*times, cpu, 7, 8, starts, outcome, told, int(storing_cpu * MILLISECOND), first, 0, 0]


def stamped(fields: list[int], **stamps: int) -> list[int]:
    """The same task with some fields, named as in `Stamp`, of other values."""
    changed = list(fields)
    for name, value in stamps.items():
        changed[Stamp[name.upper()]] = value
    return changed


def table(*rows: Sequence[int]) -> SpanTable:
    return SpanTable(np.array(rows, dtype=np.int64).reshape(-1, COLUMNS))


def never_received() -> list[int]:
    return [EPOCH] + [0] * (COLUMNS - 1)


def never_begun() -> list[int]:
    return stamped(never_received(), received=EPOCH, handed_over=EPOCH)


def unfinished() -> list[int]:
    return stamped(never_begun(), started=EPOCH, starts=1)


def slot_lost() -> list[int]:
    return stamped(unfinished(), returned=EPOCH + MILLISECOND, outcome=Outcome.SLOT_LOST)


def sample(pss: int) -> Sample:
    """USS is half of PSS and RSS twice as much."""
    return Sample(at=EPOCH, pss=pss * MB, uss=pss * MB // 2, rss=2 * pss * MB, processes=3)


def phases(saturate: float = 1) -> Phases:
    """Half a second beyond the measured phases."""
    return Phases(start=0.25, ping=1, calibrate=0.125, fill=0.0625, saturate=saturate, stop=0.0625)


def facts(
    pool: str = "prefork", *, python: str = "CPython 3.14.0", gil: bool = True, hiredis: bool = False, prefetch: int = 4
) -> Facts:
    return Facts(
        pool=pool,
        python=python,
        gil=gil,
        hiredis=hiredis,
        start_method="fork",
        prefetch_multiplier=prefetch,
        acks_late=False,
        stores_results=True,
    )


def share(
    saturate: Iterable[Sequence[int]],
    *,
    ping: Iterable[Sequence[int]] = (row(0),),
    before: Iterable[Sequence[int]] = (),
    node: str = "a",
    boot: str = "one",
    idle: int = 10,
    samples: Sequence[int] = (),
    used: Usage | None = None,
    took: float = 1,
    opened: int = 0,
    scheduled: bool = False,
    core_waits: Iterable[CoreWait] = (),
    failure: str = "",
) -> NodeTrial:
    """A node's share; `before` are rows of the warm-up and the calibration, `opened` is a stamp."""
    warm, pings, tasks = list(before), list(ping), list(saturate)
    begun = len(warm) + len(pings)
    return NodeTrial(
        node=node,
        boot=boot,
        facts=facts(),
        phases=phases(took),
        spans=spans.pack(table(*warm, *pings, *tasks)),
        ping=(len(warm), begun),
        saturate=(begun, begun + len(tasks)),
        opened=opened,
        scheduled=scheduled,
        publisher_lag=0.0,
        reconnects=0,
        idle=sample(idle),
        samples=tuple(map(sample, samples)),
        usage=replace(used or usage(), elapsed=(used.elapsed if used else 0) or 1),
        core_waits=tuple(core_waits),
        failure=failure,
    )


def trial(cell: Cell = PREFORK, index: int = 0, repeat: int = 0) -> Trial:
    return Trial(experiment="e1", index=index, cell=cell, repeat=repeat)


def carriage(slot: float = 0.003, store: float = 0.007) -> Carriage:
    """What carrying a task into a slot and back costs, and the way through the store: a third of each is first."""
    return Carriage(fetching=store / 3, handing_over=slot / 3, storing=store * 2 / 3, returning=slot * 2 / 3)


def breakdown(body: float = 0.010) -> Breakdown:
    """Half of the body is CPU time, and everything else takes as long as the body."""
    return Breakdown(
        broker=body / 2,
        handover=body / 4,
        cpu=body / 2,
        off_cpu=body / 2,
        storing=body / 8,
        returning=body / 8,
        total=2 * body,
    )


def figures(throughput: float, *, window: float = 1, used: Usage | None = None, memory: int = 20) -> Figures:
    """Latency and hand-over follow from the throughput: 1 and 10 divided by it."""
    return Figures(
        throughput=throughput,
        window=window,
        tasks=max(1, round(throughput * window)),
        latency=Latency(p50=1 / throughput, p95=2 / throughput, p99=3 / throughput),
        handover=10 / throughput,
        pss=Footprint(idle=10 * MB, peak=memory * MB),
        uss=Footprint(idle=5 * MB, peak=memory * MB // 2),
        rss=Footprint(idle=20 * MB, peak=2 * memory * MB),
        usage=used or usage(),
        in_slots=1.0,
        carriage=carriage(),
        breakdown=breakdown(),
        littles_law=1.0,
        idle_gap=0.0,
        pace=1.0,
        publisher_lag=0.0,
        reconnects=0,
        returned=ReturnedNumbers(least=0, most=0),
        cores_used=cores_used(used or usage(), window),
    )


def result(
    throughput: float | None,
    *,
    cell: Cell = PREFORK,
    index: int = 0,
    repeat: int = 0,
    window: float = 1,
    used: Usage | None = None,
    nodes: tuple[str, ...] = ("a",),
    lost: int = 0,
    duplicates: int = 0,
    failure: str = "the worker died",
    elapsed: float = 2,
    **measured: object,
) -> TrialResult:
    """A finished trial, or one that failed if `throughput` is None; `measured` are other fields of its figures."""
    finished = throughput is not None
    found = None if throughput is None else figures(throughput, window=window, used=used)
    return TrialResult(
        trial=trial(cell, index, repeat),
        nodes=nodes,
        failure="" if finished else failure,
        lost=lost,
        duplicates=duplicates,
        figures=None if found is None else replace(found, **measured),  # type: ignore[arg-type]
        facts=facts() if finished else None,
        phases=phases() if finished else None,
        elapsed=elapsed,
    )


def node(
    name: str = "a", *, boot: str = "one", cores: int = 2, affinity: int | None = None, quota: float | None = None
) -> Node:
    return Node(
        name=name,
        instance="i1",
        fingerprint=Fingerprint(
            cpu_model="test",
            cores=cores,
            affinity=cores if affinity is None else affinity,
            quota=quota,
            memory_limit=1000 * MB,
            kernel="6.1",
            boot=boot,
            python="3.14.0",
            celery="5.7.0",
            kombu="5.7.0",
            gevent="26.9.0",
            ledger="valkey 9.1.2",
        ),
        seen=0,
    )


def environment(*nodes: Node) -> Environment:
    return Environment(nodes=nodes or (node(),))


def plan(*cells: Cell, repeats: int = 3, window: float = 1) -> Plan:
    """Every repeat in the order of `cells`."""
    trials = tuple(
        trial(cell, index=repeat * len(cells) + place, repeat=repeat)
        for repeat in range(repeats)
        for place, cell in enumerate(cells)
    )
    return Plan(cells=cells, trials=trials, window=window, pings=20)


def record(state: State, *, total: int = 6, started: float | None = 1000) -> Record:
    experiment = Experiment(
        id="e1",
        created=900,
        workload="primes",
        params={"limit": 9},
        models=(Model.SEQUENTIAL, Model.PREFORK),
        concurrency=(2,),
        replicas=(1,),
        repeats=3,
        effort=Effort.QUICK,
        seed=1,
    )
    return Record(experiment=experiment, state=state, blocks=3, total=total, started=started)
