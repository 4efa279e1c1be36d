"""Made-up experiments as reports, one for each kind of finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.analysis import report
from services.core.environment import Environment, Node
from services.core.experiment import Experiment
from services.core.figures import Figures
from services.core.models import Model
from services.core.report import Report
from services.core.trial import TrialResult
from services.planning import grid
from tests.unit.dashboard import made

Change = Callable[[TrialResult, Figures], Figures]


def built(
    asked: Experiment,
    *,
    trials: int | None = None,
    change: Change | None = None,
    nodes: tuple[Node, ...] = (made.node(),),
) -> Report:
    """After `trials` of its trials, or all; `change` makes other figures of each trial's."""
    results = made.results(asked)[:trials]
    if change is not None:
        results = tuple(
            one if one.figures is None else replace(one, figures=change(one, one.figures)) for one in results
        )
    return report.build(
        made.record(asked),
        grid.plan(asked, asked.repeats),
        results,
        Environment(nodes=nodes),
        now=None,
        time=made.CREATED,
        units={"argument_bytes": "bytes", "result_bytes": "bytes", "message_bytes": "bytes"},
    )


def finished(*, repeats: int = 3, replicas: tuple[int, ...] = (1,)) -> Report:
    """`primes` over all models at concurrency 1, 2 and 4."""
    return built(made.experiment(repeats=repeats, replicas=replicas))


def scaled() -> Report:
    """Prefork along the USL, and threads that follow no law."""
    asked = replace(made.experiment(repeats=3), concurrency=(1, 2, 4, 8, 16))

    def follow(result: TrialResult, figures: Figures) -> Figures:
        slots, noise = result.trial.cell.concurrency, 1 + 0.003 * (result.trial.repeat - 1)
        if result.trial.cell.model is Model.PREFORK:
            return replace(
                figures, throughput=noise * 200 * slots / (1 + 0.05 * (slots - 1) + 0.004 * slots * (slots - 1))
            )
        if result.trial.cell.model is Model.THREADS:
            return replace(figures, throughput=noise * {1: 200, 2: 110, 4: 240, 8: 60, 16: 190}[slots])
        return figures

    return built(asked, change=follow)


def loaded(concurrency: tuple[int, ...] = (2,)) -> Report:
    """Three planned rates, of which threads do not bear the last."""
    asked = replace(
        made.experiment(), rates=(50.0, 100.0, 400.0), concurrency=concurrency, models=(Model.THREADS, Model.PREFORK)
    )

    def bear(result: TrialResult, figures: Figures) -> Figures:
        rate = result.trial.cell.rate or 0.0
        pace = 0.5 if result.trial.cell.model is Model.THREADS and rate == 400 else 1.0
        return replace(figures, throughput=rate * pace, pace=pace, tasks=int(rate))

    return built(asked, change=bear)


def carrying(sizes: tuple[int, ...] = (0, 65_536, 1_048_576)) -> Report:
    """An argument of several sizes: 1 ms into a slot and back and 1 s a GiB; the store is 2 ms whatever the size."""
    asked = replace(
        made.experiment(),
        workload="echo",
        params={"argument_bytes": sizes[0], "result_bytes": 0},
        sweep={"argument_bytes": sizes},
        concurrency=(2,),
        models=(Model.THREADS, Model.PREFORK),
    )

    def carry(result: TrialResult, figures: Figures) -> Figures:
        size, noise = int(result.trial.cell.params["argument_bytes"]), 1 + 0.01 * (result.trial.repeat - 1)
        carriage = replace(
            figures.carriage,
            handing_over=noise * (0.0006 + size / 2**30),
            returning=0.0004,
            fetching=noise * 0.001,
            storing=0.001,
        )
        return replace(figures, carriage=carriage)

    return built(asked, change=carry)


def sent_by_pipe_and_queue() -> Report:
    """`channel`: bodies of 10 exchanges over two kinds of channels."""
    sizes = (1024, 65_536, 1_048_576)
    asked = replace(
        made.experiment(),
        workload="channel",
        params={"kind": "pipe", "message_bytes": sizes[0], "exchanges": 10},
        sweep={"kind": ("pipe", "queue"), "message_bytes": sizes},
        concurrency=(1,),
        models=(Model.PREFORK,),
    )

    def send(result: TrialResult, figures: Figures) -> Figures:
        params, noise = result.trial.cell.params, 1 + 0.01 * (result.trial.repeat - 1)
        body = 20 * noise * (0.0001 + int(params["message_bytes"]) / 2**30)
        return replace(figures, breakdown=replace(figures.breakdown, cpu=body, off_cpu=0.0))

    return built(asked, change=send)
