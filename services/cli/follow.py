"""Follow an experiment to its end, and show its progress."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from services.cli.progress import Display
from services.cli.reach import Reached
from services.core.errors import Conflict, StoreUnreachable
from services.core.experiment import Experiment, State
from services.core.report import Progress, Report
from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often to poll, and how long to wait."""

    #: Shortest time between two polls.
    poll: Seconds = 0.2
    #: Pause after a poll, as a multiple of the time it took: polling costs CPU on the machine under test.
    sparing: float = 50
    #: Longest pause between two polls: one takes seconds while Redis hangs.
    longest_pause: Seconds = 2.0
    #: Time without Redis after which following fails.
    patience: Seconds = 60.0
    #: Time to wait for the conductor to cancel an experiment.
    cancelling: Seconds = 5.0


PACE: Final = Pace()


def follow(here: Reached, experiment: Experiment, display: Display, pace: Pace = PACE) -> Report:
    """Return the report of the experiment when it has ended. Raises StoreUnreachable without Redis."""
    seen, last = time.monotonic(), Progress(done=0, total=0)
    while True:
        here.tick()
        began = time.monotonic()
        try:
            report = here.lab.report(experiment.id)
            waits = _waits(here, report)
            seen, last = time.monotonic(), report.progress
        except StoreUnreachable as error:
            if began - seen > pace.patience:
                raise
            display.show(experiment, last, f"waiting for Redis: {error}")
        else:
            display.show(experiment, report.progress, waits)
            if report.state.ended:
                return report
        length = min(max(pace.poll, pace.sparing * (time.monotonic() - began)), pace.longest_pause)
        _pause(here, length, pace.poll)


def _pause(here: Reached, length: Seconds, poll: Seconds) -> None:
    """Sleep, and supervise the lab's processes meanwhile."""
    deadline = time.monotonic() + length
    while (left := deadline - time.monotonic()) > poll > 0:
        time.sleep(poll)
        here.tick()
    time.sleep(max(left, 0.0))


def cancel(here: Reached, experiment: Experiment, display: Display, pace: Pace = PACE) -> None:
    """Request cancellation, and wait a moment for the conductor to do it."""
    id = experiment.id
    try:
        here.lab.cancel(id)
        display.say(f"Cancelling experiment {id} …")
        deadline = time.monotonic() + pace.cancelling
        while not (ended := here.lab.report(id).state.ended) and time.monotonic() < deadline:
            here.tick()
            time.sleep(pace.poll)
        is_cancelled = "is cancelled" if ended else "will be cancelled when a conductor is back"
        display.say(f"Experiment {id} {is_cancelled}. Finished trials are kept: lab show {id}")
    except Conflict:
        pass  # it has just ended
    except StoreUnreachable as error:
        display.say(f"Experiment {id} could not be cancelled: {error}")


def _waits(here: Reached, report: Report) -> str:
    """Return why the experiment does not go on; empty while it does."""
    if report.progress.now is not None and report.progress.now.waiting:
        return f"{report.progress.now.cell} {report.progress.now.phase}"
    if report.state is not State.QUEUED:
        return ""
    if not here.lab.health().conductor:
        return "waiting for a conductor"
    before = [
        line.record.experiment.id
        for line in here.lab.experiments().lines
        if not line.record.state.ended and line.record.experiment.created < report.experiment.created
    ]
    return f"waiting for experiment {before[-1]}, which is ahead in the queue" if before else ""
