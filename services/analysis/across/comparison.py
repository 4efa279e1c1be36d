"""Cells of any experiments side by side: figures with their ratios to the first cell, and differing traits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.analysis.cells import intervals
from services.core.comparison import (
    About,
    Call,
    Choice,
    Compared,
    Comparison,
    Measure,
    Measured,
    Offer,
    Offered,
    Subject,
    Trait,
)
from services.core.environment import Environment
from services.core.errors import NotFound
from services.core.experiment import Cell, Experiment
from services.core.figures import Figures
from services.core.summary import Interval
from services.core.trial import TrialResult
from services.core.units import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The stored data of an experiment."""

    experiment: Experiment
    cells: tuple[Cell, ...]
    results: tuple[TrialResult, ...]
    environment: Environment


#: A figure of a cell, by repeat.
_Series = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a measure is read from a trial, and the words for a ratio above and below 1."""

    pick: Callable[[Figures], float]
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


def compare(chosen: Sequence[Choice], kept: Mapping[str, Kept]) -> Comparison:
    """Compare the chosen cells, at least one, with the first one; `kept` has their experiments by id.

    Raises NotFound for a cell that its experiment does not have.
    """
    subjects = tuple(_subject(one, kept[one.experiment]) for one in chosen)
    figures = [_figures(kept[one.experiment], one.cell) for one in chosen]
    return Comparison(
        subjects=subjects,
        measures=tuple(_measured(measure, subjects, figures) for measure in Measure),
        traits=tuple(trait for trait in _traits(subjects) if any(trait.values)),
    )


def offer(kept: Kept) -> Offer:
    """Return the cells of an experiment that have figures."""
    medians = [(cell, _median([each.throughput for _, each in _figures(kept, cell.name)])) for cell in kept.cells]
    return Offer(
        experiment=kept.experiment,
        cells=tuple(
            Offered(
                choice=Choice(experiment=kept.experiment.id, cell=cell.name),
                model=cell.model,
                throughput=median.estimate,
            )
            for cell, median in medians
            if median is not None
        ),
    )


def _subject(choice: Choice, kept: Kept) -> Subject:
    cell = next((one for one in kept.cells if one.name == choice.cell), None)
    if cell is None:
        raise NotFound(f"experiment {choice.experiment} has no cell {choice.cell}")
    results = [one for one in kept.results if one.trial.cell.name == cell.name]
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


def _figures(kept: Kept, cell: str) -> list[tuple[int, Figures]]:
    """Return the figures of every finished trial of a cell, with its repeat."""
    trials = [one for one in kept.results if one.trial.cell.name == cell]
    return [(one.trial.repeat, one.figures) for one in trials if one.figures is not None]


def _measured(
    measure: Measure, subjects: Sequence[Subject], figures: Sequence[Sequence[tuple[int, Figures]]]
) -> Measured:
    kind = _KINDS[measure]
    series: list[_Series] = [{repeat: float(kind.pick(each)) for repeat, each in found} for found in figures]
    compared = [Compared(value=_median(list(series[0].values())), ratio=None, call=None)]
    for one, subject in zip(series[1:], subjects[1:], strict=True):
        ratio = _ratio(one, series[0], paired=subject.experiment.id == subjects[0].experiment.id)
        call = None if ratio is None else _call(ratio, kind)
        compared.append(Compared(value=_median(list(one.values())), ratio=ratio, call=call))
    return Measured(measure=measure, subjects=tuple(compared))


def _median(figures: Sequence[float]) -> Interval | None:
    return intervals.median(figures) if figures else None


def _ratio(one: _Series, first: _Series, *, paired: bool) -> Interval | None:
    """Return the ratio; None where a side has no figure, or a figure of 0.

    Repeats of two experiments are not pairs. Then the repeats of `one` get negative numbers, so that none of them
    pairs with a repeat of `first`.
    """
    if not one or not first or min(*one.values(), *first.values()) <= 0:
        return None
    return intervals.ratio(one if paired else {-1 - repeat: value for repeat, value in one.items()}, first)


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
