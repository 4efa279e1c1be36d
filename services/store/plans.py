"""The plan of an experiment as it is stored: every cell once, and the trials by the place of their cell."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.codec import from_json, to_json
from services.core.experiment import Cell, Plan, Trial
from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A `Plan` in a tenth of the space."""

    cells: tuple[Cell, ...]
    #: Per trial, in the order to run them: its index, the place of its cell in `cells`, and its repeat.
    trials: tuple[tuple[int, int, int], ...]
    window: Seconds
    pings: int


def pack(plan: Plan) -> str:
    """Return the JSON text to store."""
    places = {cell.name: place for place, cell in enumerate(plan.cells)}
    return to_json(
        StoredPlan(
            cells=plan.cells,
            trials=tuple((trial.index, places[trial.cell.name], trial.repeat) for trial in plan.trials),
            window=plan.window,
            pings=plan.pings,
        )
    )


def unpack(id: str, text: str | bytes) -> Plan:
    """Return the plan of the experiment `id`. Raises Unreadable."""
    stored = from_json(StoredPlan, text)
    trials = tuple(
        Trial(experiment=id, index=index, cell=stored.cells[place], repeat=repeat)
        for index, place, repeat in stored.trials
    )
    return Plan(cells=stored.cells, trials=trials, window=stored.window, pings=stored.pings)
