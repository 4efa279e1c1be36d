"""A measured result laid over a path: does the machine say what the leaf says, and if not, which answer to doubt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from dashboard.guide.decisions import Leaf, Node, Path, Taken, ends
from services.core.experiment import Experiment, State
from services.core.models import Model
from services.core.quantities import percent
from services.core.report import Report

#: As fast as the fastest, for who has to choose: what a path names may do so much less.
ENOUGH: Final = 0.9


class Says(StrEnum):
    """What a measurement says of a leaf."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    CLOSE = "too close to call"
    #: It cannot say anything, or not yet.
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathVerdict:
    """A sentence about a path and its experiment."""

    says: Says
    text: str
    #: The models of the fastest cells; empty while nothing is measured.
    fastest: tuple[Model, ...] = ()
    #: The answer to doubt, where the measurement disagrees.
    doubt: Taken | None = None


def outcome(tree: Node, path: Path, leaf: Leaf, report: Report) -> PathVerdict:
    """What the experiment says of the leaf at the end of this path."""
    unfit = _unfit(leaf, report.experiment)
    if unfit:
        return PathVerdict(says=Says.OPEN, text=unfit)
    if not report.state.ended:
        return PathVerdict(
            says=Says.OPEN, text="It is being measured; half an experiment can have another result than the whole."
        )
    if report.state is not State.FINISHED or not report.verdict.best:
        return PathVerdict(says=Says.OPEN, text=f"The experiment {_ended(report)}, so it settles nothing.")
    fastest = _fastest(report)
    ranked = _ranked(report)
    if too_little := _too_little(leaf, report, ranked):
        return PathVerdict(says=Says.OPEN, text=too_little)
    unmeasured = tuple(model for model in Model if model in report.experiment.models and model not in ranked)
    if not leaf.check.expects:
        beats = len(fastest) < len(ranked)
        text = (
            f"Independent tasks go fastest with {_listed(fastest)}. That is what your algorithm has to beat."
            if beats
            else f"{_listed(fastest).capitalize()} are too close to call: splitting gains nothing that could be seen."
        )
        return PathVerdict(says=Says.OPEN, text=text + _but(unmeasured), fastest=fastest)
    held = _held_against(tree, path, leaf, report)
    return replace(held, text=held.text + _but(unmeasured))


def _held_against(tree: Node, path: Path, leaf: Leaf, report: Report) -> PathVerdict:
    wanted, named, fastest = leaf.check.expects, leaf_models(leaf), _fastest(report)
    if wanted.issuperset(fastest):
        text = f"The measurement agrees with this path: {_listed(fastest)} came out fastest."
        return PathVerdict(says=Says.AGREES, text=text, fastest=fastest)
    models = {cell.name: cell.model for cell in report.cells}
    # An experiment that tests a path has one variant: `_unfit`.
    ranking = report.verdict.variants[0].ranking
    best = next(one for one in ranking if models[one.cell] in wanted)
    first = ranking[0].cell
    if (best.ratio.median if best.ratio.low is None else best.ratio.low) >= ENOUGH:
        text = (
            f"The measurement agrees with this path: {best.cell} reaches {percent(best.ratio.median)} of {first}, the "
            "fastest. The difference is too small to matter."
        )
        return PathVerdict(says=Says.AGREES, text=text, fastest=fastest)
    if (best.ratio.median if best.ratio.high is None else best.ratio.high) >= ENOUGH:
        text = (
            f"Too close to call: {best.cell} reaches {percent(best.ratio.median)} of {first}, and its interval "
            "includes 100 %. Choose by memory and by what tasks share, or measure with more repeats."
        )
        return PathVerdict(says=Says.CLOSE, text=text, fastest=fastest)
    doubt = _doubt(tree, path, fastest)
    text = f"The measurement disagrees with this path: {_listed(fastest)} came out fastest, not {_listed(named, 'or')}."
    return PathVerdict(says=Says.DISAGREES, text=text, fastest=fastest, doubt=doubt)


def leaf_models(leaf: Leaf) -> tuple[Model, ...]:
    """The models that a leaf stands for, in their usual order."""
    return tuple(model for model in Model if model in leaf.check.expects)


def _unfit(leaf: Leaf, experiment: Experiment) -> str:
    """Why this experiment cannot test this leaf; empty if it can."""
    if experiment.sweep or experiment.rates or len(experiment.replicas) > 1:
        return "This experiment varies more than models and concurrency, so it does not test a path."
    if len(experiment.models) < 2:
        return "This experiment measured one model only, so there is nothing to compare."
    if leaf.check.expects and not leaf.check.expects.intersection(experiment.models):
        return f"This experiment did not measure {_listed(leaf_models(leaf), 'or')}, so it does not test this path."
    return ""


def _ended(report: Report) -> str:
    return (
        "measured nothing"
        if report.state is State.FINISHED
        else {
            State.FAILED: "failed",
            State.INTENDED: "was run to fail",
            State.CANCELLED: "was cancelled",
        }.get(report.state, "has not ended")
    )


def _fastest(report: Report) -> tuple[Model, ...]:
    found = {cell.model for cell in report.cells if cell.name in report.verdict.best}
    return tuple(model for model in Model if model in found)


def _ranked(report: Report) -> frozenset[Model]:
    """The models of which the verdict ranks a cell: those with finished trials."""
    models = {cell.name: cell.model for cell in report.cells}
    return frozenset(models[one.cell] for of in report.verdict.variants for one in of.ranking)


def _too_little(leaf: Leaf, report: Report, ranked: frozenset[Model]) -> str:
    """Why the finished trials cannot test this leaf; empty if they can."""
    expected = tuple(model for model in leaf_models(leaf) if model in report.experiment.models)
    if expected and not ranked.intersection(expected):
        return f"No trial of {_listed(expected, 'or')} finished, so this experiment does not test this path."
    if len(ranked) < 2:
        return f"Only {_listed(tuple(ranked))} has finished trials, so there is nothing to compare."
    return ""


def _but(unmeasured: tuple[Model, ...]) -> str:
    """The sentence about what was not compared."""
    return f" No trial of {_listed(unmeasured, 'or')} finished, so nothing is known of that." if unmeasured else ""


def _doubt(tree: Node, path: Path, fastest: tuple[Model, ...]) -> Taken | None:
    """The answer at which this path leaves the nearest one to a leaf that expects what was measured."""
    shared = [_shared(path.steps, steps) for steps, leaf in ends(tree) if leaf.check.expects.intersection(fastest)]
    return path.taken[max(shared)] if shared else None


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many first steps they have in common."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (mine, yours) in enumerate(pairs) if mine != yours), min(len(one), len(other)))


def _listed(models: tuple[Model, ...], last: str = "and") -> str:
    return f" {last} ".join(filter(None, (", ".join(models[:-1]), *models[-1:])))
