"""Reports made by hand."""

from __future__ import annotations

from dataclasses import replace

from services.core.environment import Environment, Fingerprint, Node
from services.core.experiment import Cell, Effort, Experiment, Record, State
from services.core.figures import Breakdown, Carriage
from services.core.findings import Findings
from services.core.models import Model
from services.core.report import CurrentTrial, Doubt, ListedExperiment, Progress, Report, VariantVerdict, Verdict
from services.core.summary import CellSummary, Interval, Memory, MemorySummary, Percentiles, Warn, Warned

experiment = Experiment(
    id="1a2b3c4d",
    created=1_700_000_000.0,
    workload="primes",
    params={"limit": 20000},
    models=(Model.SEQUENTIAL, Model.THREADS),
    concurrency=(1, 2),
    replicas=(1,),
    repeats=3,
    effort=Effort.QUICK,
    seed=7,
)

fingerprint = Fingerprint(
    cpu_model="A Processor With Quite A Long Name Indeed v4 @ 2.60GHz",
    cores=4,
    affinity=4,
    quota=1.5,
    memory_limit=2 * 2**30,
    kernel="6.1",
    boot="one",
    python="CPython 3.14.0",
    celery="5.7.0",
    kombu="5.7.0",
    gevent="25.9",
    ledger="valkey 9.1.2",
)
node = Node(name="node-1", instance="one", fingerprint=fingerprint, seen=1_700_000_000.0)


def once(value: float) -> Interval:
    """Of one trial."""
    return Interval(estimate=value, low=None, high=None)


def cell(
    model: Model, concurrency: int, *, replicas: int = 1, rate: float = 50.0, warnings: tuple[Warned, ...] = ()
) -> CellSummary:
    """A cell that was measured."""
    memory = MemorySummary(peak=Interval(estimate=45 * 2**20, low=44 * 2**20, high=46 * 2**20), idle=40 * 2**20)
    asked = Cell(
        workload=experiment.workload,
        params=experiment.params,
        model=model,
        concurrency=concurrency,
        replicas=replicas,
    )
    return CellSummary(
        name=asked.name,
        workload=asked.workload,
        params=asked.params,
        model=model,
        concurrency=concurrency,
        replicas=replicas,
        trials=(),
        throughput=Interval(estimate=rate, low=0.98 * rate, high=1.02 * rate),
        latency=Percentiles(p50=once(0.0081), p95=once(0.01), p99=once(0.02)),
        memory=Memory(pss=memory, uss=memory, rss=memory),
        handover=Interval(estimate=310e-6, low=300e-6, high=320e-6),
        rate=None,
        carriage=Carriage(fetching=900e-6, handing_over=200e-6, storing=1100e-6, returning=110e-6),
        breakdown=Breakdown(
            broker=0.4, handover=0.1, cpu=0.007, off_cpu=0.001, storing=0.0011, returning=0.0001, total=0.5092
        ),
        cpu=None,
        facts=None,
        warnings=warnings,
    )


def unmeasured(model: Model, concurrency: int) -> CellSummary:
    """A cell none of whose trials has finished."""
    return CellSummary(
        name=f"{model}@{concurrency}",
        workload=experiment.workload,
        params=experiment.params,
        model=model,
        concurrency=concurrency,
        replicas=1,
        trials=(),
        throughput=None,
        latency=None,
        memory=None,
        handover=None,
        rate=None,
        carriage=None,
        breakdown=None,
        cpu=None,
        facts=None,
        warnings=(),
    )


def warned(name: Warn, text: str = "It was so.") -> Warned:
    """A warning with its remedy."""
    return Warned(name=name, text=text, remedy=f"Do something about: {name}.")


def report(
    *cells: CellSummary,
    state: State = State.FINISHED,
    reason: str = "",
    now: CurrentTrial | None = None,
    best: tuple[str, ...] = (),
    doubts: tuple[Doubt, ...] = (),
    done: int = 3,
    findings: Findings | None = None,
) -> Report:
    """A report with these cells."""
    return Report(
        id=experiment.id,
        state=state,
        reason=reason,
        experiment=experiment,
        started=1_700_000_000.0,
        ended=None,
        progress=Progress(done=done, total=9, seconds_left=65.0, now=now),
        environment=Environment(nodes=(node,)),
        cells=cells,
        findings=findings or Findings(),
        verdict=Verdict(
            text="This is what follows, in one plain sentence.",
            doubts=doubts,
            variants=(VariantVerdict(variant={}, text="A variant.", brief="a variant", best=best),),
        ),
    )


def line(*, state: State = State.RUNNING, older: bool = False) -> ListedExperiment:
    """The experiment in a list, or one that was asked for before it."""
    asked = replace(experiment, id="00000000", created=experiment.created - 60) if older else experiment
    record = Record(experiment=asked, state=state, blocks=3, total=9)
    return ListedExperiment(record=record, progress=Progress(done=3, total=9))


def at(trial: int, *, phase: str = "ping", repeat: int = 1) -> CurrentTrial:
    """A trial that runs."""
    return CurrentTrial(trial=trial, cell="threads@2", repeat=repeat, phase=phase)
