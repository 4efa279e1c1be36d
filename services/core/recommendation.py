"""A recommendation of models, compared with a measured experiment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.core.models import Model


class Agreement(StrEnum):
    """Whether a measurement agrees with a recommendation."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    CLOSE = "too close to call"
    #: The experiment does not test the recommendation, or not yet.
    OPEN = "open"


class Untested(StrEnum):
    """Why an experiment does not test a recommendation."""

    MORE_THAN_MODELS = "varies more than models and concurrency"
    ONE_MODEL = "measured one model only"
    OTHER_MODELS = "measured none of the recommended models"
    RUNNING = "has not ended"
    NO_RESULT = "ended without a result"
    RECOMMENDED_FAILED = "no trial of the recommended models finished"
    ONE_FINISHED = "only one model has finished trials"
    NONE_RECOMMENDED = "no model is recommended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """The fastest cell of the recommended models."""

    cell: str
    #: Throughput over that of the fastest cell.
    ratio: float
    fastest_cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationCheck:
    """The result of comparing a recommendation with an experiment."""

    agreement: Agreement
    #: None unless open.
    untested: Untested | None = None
    #: Models of the fastest cells, and models with finished trials; empty while there is no result.
    fastest: tuple[Model, ...] = ()
    measured: tuple[Model, ...] = ()
    #: Models of the experiment without a finished trial.
    unmeasured: tuple[Model, ...] = ()
    #: None where all models of the fastest cells are recommended, and where it is open.
    recommended: Recommended | None = None
