"""The sentence about a path and its experiment: whether they agree, and if not, which answer to doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.guide.decisions import Leaf, Node, Path, Taken, ends
from services.analysis.across import recommendation
from services.core.experiment import State
from services.core.models import Model
from services.core.quantities import percent
from services.core.recommendation import Agreement, RecommendationCheck, Untested
from services.core.report import Report

_UNTESTED: Final = {
    Untested.MORE_THAN_MODELS: "This experiment varies more than models and concurrency, so it does not test a path.",
    Untested.ONE_MODEL: "This experiment measured one model only, so there is nothing to compare.",
    Untested.OTHER_MODELS: "This experiment did not measure {recommended}, so it does not test this path.",
    Untested.RUNNING: "The experiment is running; half an experiment can have another result than the whole.",
    Untested.NO_RESULT: "The experiment {ended}, so it settles nothing.",
    Untested.RECOMMENDED_FAILED: "No trial of {asked} finished, so this experiment does not test this path.",
    Untested.ONE_FINISHED: "Only {measured} has finished trials, so there is nothing to compare.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathVerdict:
    """A sentence about a path and its experiment."""

    agreement: Agreement
    text: str
    #: The models of the fastest cells; empty while nothing is measured.
    fastest: tuple[Model, ...] = ()
    #: The answer to doubt, where the measurement disagrees.
    doubt: Taken | None = None


def outcome(tree: Node, path: Path, leaf: Leaf, report: Report) -> PathVerdict:
    """Return what the experiment shows about the leaf at the end of this path."""
    check = recommendation.check(leaf.check.expects, report)
    text = _untested(check.untested, check, leaf, report) if check.untested else _compared(check, leaf)
    if check.unmeasured and check.untested in (None, Untested.NONE_RECOMMENDED):
        text += f" No trial of {_listed(check.unmeasured, 'or')} finished, so its speed is unknown."
    disagrees = check.agreement is Agreement.DISAGREES
    return PathVerdict(
        agreement=check.agreement,
        text=text,
        fastest=check.fastest,
        doubt=_doubt(tree, path, check.fastest) if disagrees else None,
    )


def leaf_models(leaf: Leaf) -> tuple[Model, ...]:
    """Return the models that a leaf recommends, in their usual order."""
    return tuple(model for model in Model if model in leaf.check.expects)


def _untested(why: Untested, check: RecommendationCheck, leaf: Leaf, report: Report) -> str:
    """Return why the experiment does not test the path."""
    if why is Untested.NONE_RECOMMENDED:
        return _independent_tasks(check)
    asked = tuple(model for model in leaf_models(leaf) if model in report.experiment.models)
    return _UNTESTED[why].format(
        recommended=_listed(leaf_models(leaf), "or"),
        asked=_listed(asked, "or"),
        measured=_listed(check.measured),
        ended=_ended(report),
    )


def _independent_tasks(check: RecommendationCheck) -> str:
    """Return the result for a leaf that recommends no model: the speed that splitting an algorithm has to reach."""
    fastest = _listed(check.fastest)
    if len(check.fastest) < len(check.measured):
        return f"Independent tasks are fastest with {fastest}. Your algorithm has to be faster than that."
    return f"{fastest.capitalize()} are too close to call: splitting shows no gain."


def _compared(check: RecommendationCheck, leaf: Leaf) -> str:
    fastest, best = _listed(check.fastest), check.recommended
    if best is None:
        return f"The measurement agrees with this path: {fastest} came out fastest."
    if check.agreement is Agreement.AGREES:
        return (
            f"The measurement agrees with this path: {best.cell} reaches {percent(best.ratio)} of {best.fastest_cell}, "
            "the fastest. The difference is too small to matter."
        )
    if check.agreement is Agreement.CLOSE:
        return (
            f"Too close to call: {best.cell} reaches {percent(best.ratio)} of {best.fastest_cell}, and its interval "
            "includes 100 %. Choose by memory and by what tasks share, or measure with more repeats."
        )
    recommended = _listed(leaf_models(leaf), "or")
    return f"The measurement disagrees with this path: {fastest} came out fastest, not {recommended}."


def _ended(report: Report) -> str:
    return {
        State.FINISHED: "measured nothing",
        State.FAILED: "failed",
        State.INTENDED: "was run to fail",
        State.CANCELLED: "was cancelled",
    }.get(report.state, "has not ended")


def _doubt(tree: Node, path: Path, fastest: tuple[Model, ...]) -> Taken | None:
    """Return the answer at which this path leaves the nearest path to a leaf that expects the fastest models."""
    shared = [_shared(path.steps, steps) for steps, leaf in ends(tree) if leaf.check.expects.intersection(fastest)]
    return path.taken[max(shared)] if shared else None


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return the number of first steps that two paths share."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (mine, yours) in enumerate(pairs) if mine != yours), min(len(one), len(other)))


def _listed(models: tuple[Model, ...], last: str = "and") -> str:
    return f" {last} ".join(filter(None, (", ".join(models[:-1]), *models[-1:])))
