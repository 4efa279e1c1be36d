"""A measured experiment, made up: the shape of what a conductor leaves in the store, with figures as measured once."""

from __future__ import annotations

import random
from dataclasses import replace

from services.core.cpu_usage import CoresUsed, Usage
from services.core.environment import Fingerprint, Node
from services.core.experiment import Effort, Experiment, Record, State, Trial
from services.core.figures import Breakdown, Carriage, Figures, Footprint, Latency, ReturnedNumbers
from services.core.models import Model
from services.core.trial import Facts, Phases, TrialResult
from services.planning import grid

MIB = 2**20
CREATED = 1_795_000_000.0
#: Tasks a second of one slot and of each further one, MiB of the first process and of each slot, hand-over in ms.
ABOUT = {
    Model.SEQUENTIAL: (212.0, 0.0, 41, 0.0, 0.09),
    Model.THREADS: (205.0, 2.0, 43, 0.1, 0.24),
    Model.GEVENT: (201.0, -1.0, 49, 0.05, 0.21),
    Model.PREFORK: (203.0, 186.0, 38, 12.5, 0.71),
}


def experiment(id: str = "0a1b2c3d", *, replicas: tuple[int, ...] = (1,), repeats: int = 3) -> Experiment:
    """`primes` over all models at concurrency 1, 2 and 4."""
    return Experiment(
        id=id,
        created=CREATED,
        workload="primes",
        params={"limit": 20_000},
        models=tuple(Model),
        concurrency=(1, 2, 4),
        replicas=replicas,
        repeats=repeats,
        effort=Effort.QUICK,
        seed=7,
    )


def record(asked: Experiment, state: State = State.FINISHED, reason: str = "") -> Record:
    """Where `asked` stands."""
    total = len(grid.plan(asked, asked.repeats).trials)
    started = None if state is State.QUEUED else CREATED + 2
    return Record(
        experiment=asked,
        state=state,
        blocks=asked.repeats,
        total=total,
        reason=reason,
        started=started,
        ended=CREATED + 90 if state.ended else None,
    )


def node(name: str = "desk", *, quota: float | None = None, trial: str | None = None) -> Node:
    """A node on a small machine."""
    fingerprint = Fingerprint(
        cpu_model="AMD EPYC 7B13",
        cores=4,
        affinity=4,
        quota=quota,
        memory_limit=8 * 2**30,
        kernel="6.12.57",
        boot="b00t",
        python="3.14.1",
        celery="5.7.0",
        kombu="5.7.0",
        gevent="26.9.0",
        ledger="valkey 9.1.2",
    )
    return Node(name=name, instance="first", fingerprint=fingerprint, seen=CREATED, trial=trial)


def results(asked: Experiment, *, failed: tuple[int, ...] = ()) -> tuple[TrialResult, ...]:
    """A result for every trial, the same each time; those at the indices in `failed` have a reason and no figures."""
    noise = random.Random(asked.seed)
    return tuple(
        _failed(trial) if trial.index in failed else _finished(trial, noise)
        for trial in grid.plan(asked, asked.repeats).trials
    )


def _failed(trial: Trial) -> TrialResult:
    return TrialResult(
        trial=trial,
        nodes=("desk",),
        failure="the measured worker died (signal 9) in saturate",
        lost=37,
        duplicates=0,
        figures=None,
        facts=None,
        phases=None,
        elapsed=3.1,
    )


def _finished(trial: Trial, noise: random.Random) -> TrialResult:
    model, slots, nodes = trial.cell.model, trial.cell.concurrency, trial.cell.replicas
    first, more, base, per_slot, handover = ABOUT[model]
    rate = nodes * (first + more * (min(slots, 4) - 1) * 0.93) * noise.gauss(1, 0.012)
    pss = int(nodes * (base + per_slot * slots) * MIB * noise.gauss(1, 0.01))
    processes = slots + 1 if model is Model.PREFORK else 1
    task = slots * nodes / rate
    carried = handover / 1000 * noise.gauss(1, 0.03)
    start_method = "fork" if model is Model.PREFORK else ""
    return TrialResult(
        trial=trial,
        nodes=("desk", "rack")[:nodes],
        failure="",
        lost=0,
        duplicates=0,
        figures=Figures(
            throughput=rate,
            window=1.1,
            tasks=int(rate * 1.1),
            latency=Latency(p50=task, p95=task * 1.08, p99=task * 1.3),
            handover=carried,
            pss=Footprint(idle=pss - MIB, peak=pss),
            uss=Footprint(idle=int(pss * 0.8), peak=int(pss * 0.86)),
            rss=Footprint(idle=pss, peak=pss + nodes * (processes * 27 + 4) * MIB),
            usage=_usage(nodes),
            in_slots=float(slots * nodes),
            carriage=Carriage(fetching=0.0009, handing_over=carried * 0.6, storing=0.0011, returning=carried * 0.4),
            breakdown=_breakdown(task, model),
            littles_law=1.0,
            idle_gap=0.002,
            pace=1.0,
            publisher_lag=0.0,
            reconnects=0,
            returned=ReturnedNumbers(least=0, most=0),
            cores_used=_cores_used(nodes),
        ),
        facts=Facts(
            pool=model.traits.pool,
            python="3.14.1",
            gil=True,
            hiredis=False,
            start_method=start_method,
            prefetch_multiplier=0 if model is Model.GEVENT else 4,
            acks_late=False,
            stores_results=True,
        ),
        phases=Phases(start=0.7, ping=0.1, calibrate=0.2, fill=0.1, saturate=1.1, stop=0.05),
        elapsed=2.4,
    )


def _breakdown(task: float, model: Model) -> Breakdown:
    """Of a full queue: most of the time in the system is waiting, and a body is CPU time only."""
    cpu = task * 0.9 if model.traits.has_thread_per_slot else None
    return Breakdown(
        broker=0.4,
        handover=0.1,
        cpu=cpu,
        off_cpu=task - (cpu or 0.0),
        storing=0.001,
        returning=0.001,
        total=0.502 + task,
        storing_cpu=None if cpu is None else 0.0004,
        core_wait=None if cpu is None else task * 0.05,
    )


def _usage(nodes: int) -> Usage:
    return Usage(
        user=1.0 * nodes,
        system=0.1 * nodes,
        voluntary_switches=900,
        involuntary_switches=120,
        throttled=0.0,
        throttled_periods=0,
        others=0.04,
        steal=0.0,
        sampler=0.01,
        broker=0.02,
        elapsed=1.1,
        periods=11,
        cpus=4,
        agent=0.015,
        broker_here=True,
    )


def _cores_used(nodes: int) -> CoresUsed:
    return CoresUsed(
        user=nodes / 1.1,
        system=0.1 * nodes / 1.1,
        others=0.04,
        steal=0.0,
        sampler=0.01,
        agent=0.015,
        broker=0.02,
        throttled=0.0,
        stopped=0.0,
    )


def renamed(asked: Experiment, id: str) -> Experiment:
    """The same question under another id."""
    return replace(asked, id=id)
