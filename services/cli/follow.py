"""Waits for an experiment to end, showing how far it is."""

from __future__ import annotations

import time

from services.cli.progress import Display
from services.cli.reach import Reached
from services.core.errors import Conflict, StoreUnreachable
from services.core.experiment import Experiment, State
from services.core.report import Progress, Report
from services.core.units import Seconds

#: Between two looks, and at least so many times what a look cost: the machine is being measured.
LOOK: Seconds = 0.2
SPARING = 50
#: Longest pause between two looks: a store that hangs makes a look take seconds.
LONGEST_PAUSE: Seconds = 2.0
#: A store that is away for longer does not come back.
PATIENCE: Seconds = 60.0
#: A trial at hand is killed at once; more is not worth waiting for.
CANCELLING: Seconds = 5.0


def follow(here: Reached, experiment: Experiment, display: Display) -> Report:
    """The report of the experiment when it has ended. Raises StoreUnreachable after PATIENCE without the store."""
    seen, last = time.monotonic(), Progress(done=0, total=0)
    while True:
        here.tick()
        began = time.monotonic()
        try:
            report = here.lab.report(experiment.id)
            waits = _waits(here, report)
            seen, last = time.monotonic(), report.progress
        except StoreUnreachable as error:
            if began - seen > PATIENCE:
                raise
            display.show(experiment, last, f"waits for the store: {error}")
        else:
            display.show(experiment, report.progress, waits)
            if report.state.ended:
                return report
        _pause(here, min(max(LOOK, SPARING * (time.monotonic() - began)), LONGEST_PAUSE))


def _pause(here: Reached, length: Seconds) -> None:
    """Sleep, and look after the lab's processes meanwhile."""
    deadline = time.monotonic() + length
    while (left := deadline - time.monotonic()) > LOOK > 0:
        time.sleep(LOOK)
        here.tick()
    time.sleep(max(left, 0.0))


def cancel(here: Reached, experiment: Experiment, display: Display) -> None:
    """Give the experiment up, and wait a moment for the conductor to do so."""
    id = experiment.id
    try:
        here.lab.cancel(id)
        display.say(f"Cancelling experiment {id} …")
        deadline = time.monotonic() + CANCELLING
        while not (ended := here.lab.report(id).state.ended) and time.monotonic() < deadline:
            here.tick()
            time.sleep(LOOK)
        is_cancelled = "is cancelled" if ended else "will be cancelled as soon as a conductor sees to it"
        display.say(f"Experiment {id} {is_cancelled}; what was measured is kept: lab show {id}")
    except Conflict:
        pass  # it ended by itself in this moment
    except StoreUnreachable as error:
        display.say(f"Experiment {id} could not be cancelled: {error}")


def _waits(here: Reached, report: Report) -> str:
    """What a healthy experiment does not wait for; empty if it goes on."""
    if report.progress.now is not None and report.progress.now.waits:
        return f"{report.progress.now.cell} {report.progress.now.phase}"
    if report.state is not State.QUEUED:
        return ""
    if not here.lab.health().conductor:
        return "waits for a conductor"
    before = [
        line.record.experiment.id
        for line in here.lab.experiments().lines
        if not line.record.state.ended and line.record.experiment.created < report.experiment.created
    ]
    return f"waits for experiment {before[-1]}, which came before" if before else ""
