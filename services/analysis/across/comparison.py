"""Cells of any experiments side by side: figures with their ratios to the first cell, and differing traits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.analysis.cells.by_block import Pick, Series, median, series
from services.analysis.cells.by_block import ratio as ratio_of
from services.core.comparison import (
    About,
    Call,
    Choice,
    ComparedMeasure,
    ComparedValue,
    Comparison,
    Measure,
    Offer,
    Offered,
    Subject,
    Trait,
)
from services.core.environment import Environment
from services.core.errors import NotFound
from services.core.experiment import Cell, Experiment
from services.core.summary import Interval
from services.core.trial import TrialResult
from services.core.units import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExperiment:
    """The stored data of an experiment."""

    experiment: Experiment
    cells: tuple[Cell, ...]
    results: tuple[TrialResult, ...]
    environment: Environment


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a measure is read from a trial, and the words for a ratio above and below 1."""

    pick: Pick
    above: Call
    below: Call


_KINDS: Final[Mapping[Measure, _Kind]] = {
    Measure.THROUGHPUT: _Kind(lambda each: each.throughput, Call.FASTER, Call.SLOWER),
    Measure.P50: _Kind(lambda each: each.latency.p50, Call.SLOWER, Call.FASTER),
    Measure.P95: _Kind(lambda each: each.latency.p95, Call.SLOWER, Call.FASTER),
    Measure.P99: _Kind(lambda each: each.latency.p99, Call.SLOWER, Call.FASTER),
    Measure.HANDOVER: _Kind(lambda each: each.handover, Call.SLOWER, Call.FASTER),
    Measure.PEAK_PSS: _Kind(lambda each: each.pss.peak, Call.MORE, Call.LESS),
}
_MACHINE: Final = (
    "cpu_model cores usable_cores quota memory_limit kernel python celery kombu gevent ledger broker".split()
)
_WORKER: Final = (
    "pool python gil hiredis start_method prefetch_multiplier acks_late stores_results "
    "shares_backend result_connections"
).split()


def compare(chosen: Sequence[Choice], kept: Mapping[str, StoredExperiment]) -> Comparison:
    """Compare the chosen cells, at least one, with the first one; `kept` has their experiments by id.

    Raises NotFound for a cell that its experiment does not have.
    """
    subjects = tuple(_subject(one, kept[one.experiment]) for one in chosen)
    results = [_results(kept[one.experiment], one.cell) for one in chosen]
    return Comparison(
        subjects=subjects,
        measures=tuple(_measured(measure, subjects, results) for measure in Measure),
        traits=tuple(trait for trait in _traits(subjects) if any(trait.values)),
    )


def offer(kept: StoredExperiment) -> Offer:
    """Return the cells of an experiment that have figures."""
    medians = [
        (cell, median(series(_results(kept, cell.name), _KINDS[Measure.THROUGHPUT].pick))) for cell in kept.cells
    ]
    return Offer(
        experiment=kept.experiment,
        cells=tuple(
            Offered(
                choice=Choice(experiment=kept.experiment.id, cell=cell.name),
                model=cell.model,
                throughput=rate.estimate,
            )
            for cell, rate in medians
            if rate is not None
        ),
    )


def _subject(choice: Choice, kept: StoredExperiment) -> Subject:
    cell = next((one for one in kept.cells if one.name == choice.cell), None)
    if cell is None:
        raise NotFound(f"experiment {choice.experiment} has no cell {choice.cell}")
    results = _results(kept, cell.name)
    took_part = {name for one in results for name in one.nodes}
    nodes = [node for node in kept.environment.nodes if node.name in took_part]
    return Subject(
        choice=choice,
        experiment=kept.experiment,
        cell=cell,
        finished=sum(one.figures is not None for one in results),
        nodes=tuple(node.name for node in nodes),
        fingerprints=tuple(node.fingerprint for node in nodes),
        facts=next((one.facts for one in reversed(results) if one.figures is not None), None),
    )


def _results(kept: StoredExperiment, cell: str) -> list[TrialResult]:
    """Return the trials of a cell."""
    return [one for one in kept.results if one.trial.cell.name == cell]


def _measured(
    measure: Measure, subjects: Sequence[Subject], results: Sequence[Sequence[TrialResult]]
) -> ComparedMeasure:
    kind = _KINDS[measure]
    first, *others = [series(found, kind.pick) for found in results]
    compared = [ComparedValue(value=median(first), ratio=None, call=None)]
    for one, subject in zip(others, subjects[1:], strict=True):
        ratio = _ratio(one, first, paired=subject.experiment.id == subjects[0].experiment.id)
        call = None if ratio is None else _call(ratio, kind)
        compared.append(ComparedValue(value=median(one), ratio=ratio, call=call))
    return ComparedMeasure(measure=measure, subjects=tuple(compared))


def _ratio(one: Series, first: Series, *, paired: bool) -> Interval | None:
    """Return `one` over `first`; None where a side has no figure, or one that is not above 0.

    Repeats of two experiments are not pairs. Then the repeats of `one` get negative numbers, so that none of them
    pairs with a repeat of `first`.
    """
    return ratio_of(one if paired else {-1 - repeat: value for repeat, value in one.items()}, first)


def _call(ratio: Interval, kind: _Kind) -> Call:
    if ratio.bounds is None:
        return Call.UNKNOWN
    low, high = ratio.bounds
    if low > 1:
        return kind.above
    return kind.below if high < 1 else Call.TOO_CLOSE


def _traits(subjects: Sequence[Subject]) -> Iterable[Trait]:
    """Return the traits: of the request, then of the nodes, then of the workers."""
    params = dict.fromkeys(name for one in subjects for name in one.cell.params)
    yield _trait(About.TASK, "workload", [(one.cell.workload,) for one in subjects])
    for name in params:
        yield _trait(
            About.TASK, name, [(one.cell.params[name],) if name in one.cell.params else () for one in subjects]
        )
    for name in ("model", "concurrency", "replicas"):
        yield _trait(About.CELL, name, [(getattr(one.cell, name),) for one in subjects])
    if any(one.cell.rate is not None for one in subjects):
        yield _trait(About.CELL, "rate", [(one.cell.rate,) for one in subjects])
        arrivals = [(one.experiment.arrivals.value,) if one.cell.rate is not None else () for one in subjects]
        yield _trait(About.CELL, "arrivals", arrivals)
    yield _trait(About.CELL, "effort", [(one.experiment.effort.value,) for one in subjects])
    yield _trait(About.CELL, "finished", [(one.finished,) for one in subjects])
    yield _trait(About.NODES, "node", [one.nodes for one in subjects])
    for name in _MACHINE:
        yield _trait(About.NODES, name, [[getattr(each, name) for each in one.fingerprints] for one in subjects])
    for name in _WORKER:
        yield _trait(
            About.WORKERS, name, [() if one.facts is None else (getattr(one.facts, name),) for one in subjects]
        )


def _trait(about: About, name: str, values: Sequence[Sequence[Value | None]]) -> Trait:
    """Return a trait; a subject without a known value does not count as different."""
    distinct = tuple(tuple(dict.fromkeys(each)) for each in values)
    return Trait(about=about, name=name, values=distinct, differs=len({each for each in distinct if each}) > 1)
