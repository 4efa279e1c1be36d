"""Whether a measured experiment agrees with a recommendation of models."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from services.core.experiment import Experiment, State
from services.core.models import Model
from services.core.recommendation import Agreement, RecommendationCheck, Recommended, Untested
from services.core.report import Report

#: Least throughput of a recommended cell over that of the fastest for which the difference does not matter.
ENOUGH: Final = 0.9


def check(models: Collection[Model], report: Report) -> RecommendationCheck:
    """Compare the recommended models with the models of the fastest cells."""
    untested = _unfit(models, report.experiment) or _without_result(report)
    if untested is not None:
        return RecommendationCheck(agreement=Agreement.OPEN, untested=untested)
    model_of = {cell.name: cell.model for cell in report.cells}
    ranked = {model_of[one.cell] for variant in report.verdict.variants for one in variant.ranking}
    best = {model_of[name] for name in report.verdict.best}
    fastest, measured = _ordered(best), _ordered(ranked)
    unmeasured = _ordered(set(report.experiment.models) - ranked)
    if (untested := _too_little(models, report.experiment, ranked)) is not None:
        return RecommendationCheck(
            agreement=Agreement.OPEN, untested=untested, fastest=fastest, measured=measured, unmeasured=unmeasured
        )
    agreement, recommended = _compared(models, best, model_of, report)
    return RecommendationCheck(
        agreement=agreement, fastest=fastest, measured=measured, unmeasured=unmeasured, recommended=recommended
    )


def _unfit(models: Collection[Model], experiment: Experiment) -> Untested | None:
    if experiment.sweep or experiment.rates or len(experiment.replicas) > 1:
        return Untested.MORE_THAN_MODELS
    if len(experiment.models) < 2:
        return Untested.ONE_MODEL
    return Untested.OTHER_MODELS if models and not set(models).intersection(experiment.models) else None


def _without_result(report: Report) -> Untested | None:
    if not report.state.ended:
        return Untested.RUNNING
    return None if report.state is State.FINISHED and report.verdict.best else Untested.NO_RESULT


def _too_little(models: Collection[Model], experiment: Experiment, ranked: Collection[Model]) -> Untested | None:
    asked = set(models).intersection(experiment.models)
    if asked and not asked.intersection(ranked):
        return Untested.RECOMMENDED_FAILED
    if len(ranked) < 2:
        return Untested.ONE_FINISHED
    return None if models else Untested.NONE_RECOMMENDED


def _compared(
    models: Collection[Model], fastest: set[Model], model_of: dict[str, Model], report: Report
) -> tuple[Agreement, Recommended | None]:
    """Return the agreement, and the fastest recommended cell where another model is among the fastest."""
    if fastest <= set(models):
        return Agreement.AGREES, None
    # `_unfit` leaves one variant only.
    ranking = report.verdict.variants[0].ranking
    best = next(one for one in ranking if model_of[one.cell] in models)
    recommended = Recommended(cell=best.cell, ratio=best.ratio.estimate, fastest_cell=ranking[0].cell)
    if (best.ratio.estimate if best.ratio.low is None else best.ratio.low) >= ENOUGH:
        return Agreement.AGREES, recommended
    if (best.ratio.estimate if best.ratio.high is None else best.ratio.high) >= ENOUGH:
        return Agreement.CLOSE, recommended
    return Agreement.DISAGREES, recommended


def _ordered(models: Collection[Model]) -> tuple[Model, ...]:
    return tuple(model for model in Model if model in models)
