"""The words with which a user agrees to calls of a task, and the limits of what can be agreed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from services.core.quantities import counted
from services.core.task_reference import Registration
from services.core.units import Seconds
from services.own.application import ApplicationFacts, TriedCall

#: Calls of a trial over those of its window alone: a trial has a warm-up and a calibration besides.
CALLS_OVER_WINDOW: Final = 2.5
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
    if found.tried is not None:
        yield from what_it_did(found.tried)
    yield "Isolated: Celery's broker and results, child tasks, retries, schedules."
    yield f"NOT isolated: databases, caches, mail, payments, files, any HTTP: up to {consent.most:,} times."
    if hosts := other_hosts(found.replaced.values()):
        yield f"Its settings name {', '.join(hosts)}, not this machine: these may be settings of production."


def other_hosts(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts in addresses that are not this machine, in order; several may be in one text, with commas."""
    several = (one.strip() for text in addresses for one in text.split(","))
    hosts = dict.fromkeys(host for one in several if (host := _host(one)))
    return tuple(host for host in hosts if host != "localhost" and not host.startswith("127.") and host != "::1")


def _host(address: str) -> str | None:
    """Return the host of an address; None for a text that is none, such as one with `[` in its password."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def what_it_did(tried: TriedCall) -> Iterator[str]:
    """Yield what one call did to the world, as far as CPython shows it."""
    if tried.seen:
        yield f"One call {'; '.join(f'{what} ({place})' for what, place in tried.seen.items())}."
    else:
        yield "One call was not seen to connect, write or start anything; drivers in C do so unseen."
    if tried.children:
        names = ", ".join(f"{name} {number}" for name, number in sorted(tried.children.items()))
        yield f"It sent {counted(sum(tried.children.values()), 'message')}, kept and not run: {names}."


def about_calls(seconds: Seconds, *, trials: int, window: Seconds, slots: int) -> int:
    """Return about how many calls the trials take, from the length of one call; `slots` may run at once."""
    per_trial = max(slots * 4.0, window / max(seconds, 0.001) * slots * CALLS_OVER_WINDOW)
    return round(trials * per_trial)
