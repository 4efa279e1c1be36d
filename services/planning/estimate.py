"""How long a plan will take, before anything of it was measured."""

from __future__ import annotations

from services.core.experiment import Cell, Plan
from services.core.units import Seconds
from services.planning.sharing import FEWEST_SCHEDULED, MARGIN

#: Boot, ping, calibration, fill and stop of a trial, and what the conductor needs around it.
OVERHEAD: Seconds = 1.2


def seconds(plan: Plan) -> Seconds:
    """Of all its trials. Bodies longer than the window, and slow machines, take longer."""
    return sum(_trial(trial.cell, plan.window) for trial in plan.trials)


def _trial(cell: Cell, window: Seconds) -> Seconds:
    if cell.rate is None:
        return OVERHEAD + window * MARGIN
    return OVERHEAD + max(window, FEWEST_SCHEDULED * cell.replicas / cell.rate)
