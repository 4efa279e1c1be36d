"""The words with which a user agrees to calls of a task, and the limits of what can be agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.core.task_reference import Registration
from services.core.units import Seconds
from services.own.application import ApplicationFacts

#: Calls that a window is expected to take at least; a trial has a warm-up and a calibration besides.
SHARE_OF_WINDOW: Final = 2.5
#: Calls to which a user agrees, over those that are expected.
HEADROOM: Final = 1.5
#: Most calls of one experiment.
MOST_CALLS: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What is about to happen."""

    registration: Registration
    found: ApplicationFacts
    #: About how many calls, and how many at most, in at most how many trials.
    calls: int
    most: int
    trials: int


def lines(consent: Consent) -> Iterator[str]:
    """Yield what a user must know before the task is called."""
    own, found = consent.registration, consent.found
    yield f"This runs your task {own.task}, for real:"
    yield f"  {own.app} in {own.folder}"
    yield f"  {own.python} (Python {found.python}, Celery {found.celery})"
    yield (
        f"  about {consent.calls:,} calls, at most {consent.most:,}, in {consent.trials} trials, with "
        f"{len(own.calls)} {'set' if len(own.calls) == 1 else 'sets'} of arguments; "
        f"the application is imported {consent.trials} times"
    )
    yield "Isolated: Celery's broker and results, child tasks, retries, schedules."
    yield f"NOT isolated: databases, caches, mail, payments, files, any HTTP: up to {consent.most:,} times."


def about_calls(seconds: Seconds, *, trials: int, window: Seconds, slots: int) -> int:
    """Return about how many calls the trials take, from the length of one call; `slots` may run at once."""
    per_trial = max(slots * 4.0, window / max(seconds, 0.001) * slots * SHARE_OF_WINDOW)
    return round(trials * per_trial)
