"""The lab that a command uses: a running one, or one started for the command."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.cli.serve import SERVE
from services.core.errors import Conflict, StoreUnreachable, Unreachable
from services.core.settings import Settings
from services.core.units import Seconds
from services.lab import running_lab
from services.lab.door import Lab
from services.lab.one_machine import data_folder
from services.lab.root.lab import lab
from services.lab.root.one_machine import embedded, local_lab

#: Time for a new conductor after one was killed: the lifetime of its lease and a start.
CONDUCTOR: Seconds = 15.0
#: Time for a lab that is starting to publish its address.
STARTING: Seconds = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A lab that answers."""

    lab: Lab
    #: Address of its pages; None if unknown.
    dashboard: str | None
    #: Supervises its processes; called several times per second.
    tick: Callable[[], None]
    #: The broker under test; None where only the lab's own processes know it.
    broker_url: str | None = None


def reach() -> Reached:
    """Return the lab at LAB_REDIS_URL, or the one that runs on this machine. Raises Unreachable."""
    found = _found(Settings.read(os.environ))
    if found is None:
        raise Unreachable("no lab is running: start one with `lab up`, or set LAB_REDIS_URL")
    return found


@contextmanager
def reach_results() -> Iterator[Reached]:
    """Yield the running lab, or one without processes on the stored data. Raises Unreachable."""
    settings = Settings.read(os.environ)
    found = _found(settings)
    if found is not None:
        yield found
        return
    with embedded(data_folder()) as server:
        yield Reached(lab=lab(server.url, keep=settings.keep), dashboard=None, tick=_nothing)


@contextmanager
def reach_for_run(say: Callable[[str], None]) -> Iterator[Reached]:
    """Yield the running lab, or a new one that ends with the block.

    Raises Unreachable when the running one has no conductor, CannotStart, and Conflict while another `lab run` uses
    the data folder, or when LAB_BROKER_URL names another broker than the running lab's.
    """
    settings = Settings.read(os.environ)
    found = _found(settings, patience=STARTING)
    if found is None:
        say("No lab is running: starting one for this run …")
        with local_lab(data_folder(), settings, serve=SERVE, dashboard=False, say=say) as local:
            yield Reached(lab=local.lab, dashboard=None, broker_url=local.broker_url, tick=local.tick)
        return
    if settings.redis_url is None and found.dashboard is None:
        raise Conflict("another `lab run` is running: wait until it ends, or start a lab for both with `lab up`")
    if settings.broker_url and settings.broker_url != (found.broker_url or settings.broker_url):
        raise Conflict(
            "LAB_BROKER_URL names another broker than the running lab measures on: end that lab, or unset the variable"
        )
    _await_conductor(found.lab, say)
    yield found


def _found(settings: Settings, *, patience: Seconds = 0.0) -> Reached | None:
    if settings.redis_url is not None:
        return Reached(lab=lab(settings.redis_url, keep=settings.keep), dashboard=None, tick=_nothing)
    here = running_lab.find(data_folder(), patience=patience)
    if here is None:
        return None
    return Reached(
        lab=lab(here.redis_url, keep=settings.keep),
        dashboard=here.dashboard,
        broker_url=here.broker_url,
        tick=_nothing,
    )


def _await_conductor(lab: Lab, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + CONDUCTOR
    said = False
    while not (health := lab.health()).conductor:
        if not health.store:
            raise StoreUnreachable(health.reason)
        if time.monotonic() > deadline:
            raise Unreachable("no conductor answers: start one with `lab serve conductor`")
        if not said:
            say("Waiting for the lab's conductor …")
            said = True
        time.sleep(0.2)


def _nothing() -> None:
    """Do nothing: another process supervises that lab."""
