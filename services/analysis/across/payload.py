"""Cost of carrying bytes over the size carried: Hockney's t(n) = α + n/β.

Hockney 1994, "The communication challenge for MPP", Parallel Computing 20, 389-398: latency α, bandwidth β.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Final, TypeAlias

import numpy as np

from services.analysis.across import regression
from services.analysis.across.regression import Points
from services.analysis.cells.groups import grouped, swept
from services.core.findings import CarryingCost, Channel, Group, Payload
from services.core.quantities import percent
from services.core.summary import CellSummary, Interval, TrialSummary
from services.core.units import Seconds

#: Unit of the parameters over whose values a line is fitted.
BYTES: Final = "bytes"
#: The workload that sends messages to and fro: its parameters for the kind of channel and for the round trips.
CHANNEL, KIND, EXCHANGES = "channel", "kind", "exchanges"
#: Fewest sizes: a line goes through any two.
FEWEST: Final = 3
#: A line is refused when it explains less of the variance, and misses the medians by more. Both: where size makes no
#: difference there is no variance to explain. Wide, for real channels bend where a buffer or a cache is full.
LEAST_R_SQUARED: Final = 0.9
MOST_DEVIATION: Final = 0.25

#: Bytes, seconds and block of each trial.
_Trials: TypeAlias = list[tuple[float, Seconds, int]]
#: Cost measured in one trial; 0 if unknown.
_Cost: TypeAlias = Callable[[CellSummary, TrialSummary], Seconds]


def payload(cells: Sequence[CellSummary], units: Mapping[str, str]) -> tuple[Payload, ...]:
    """Return one per swept parameter in bytes and per group of cells with a full queue that differ in it alone.

    `units` are those of the parameters, as declared.

    Costs are those of the ping phase, one task in flight. Only for workload `channel` they are the time of one message
    one way, with one channel per kind: half a round trip, since the same bytes return.
    """
    sizes = [name for name in swept(cells) if units.get(name) == BYTES]
    found = (_payload(group, size, members) for size in sizes for group, members in _groups(cells, size))
    return tuple(one for one in found if one is not None)


def _payload(group: Group, size: str, members: Sequence[CellSummary]) -> Payload | None:
    """Return the costs of one group with its lines; None while nothing is measured."""
    costs = _costs(size, members)
    if not costs:
        return None
    sizes = len({at for trials in costs.values() for at, _, _ in trials})
    if sizes < FEWEST:
        return Payload(group=group, parameter=size, channels=(), no_fit_reason=_too_few(sizes), costs=_medians(costs))
    found = {name: _channel(name, trials) for name, trials in costs.items()}
    return Payload(
        group=group,
        parameter=size,
        channels=tuple(one for one in found.values() if isinstance(one, Channel)),
        no_fit_reason=" ".join(f"{name}: {one}" for name, one in found.items() if isinstance(one, str)),
        costs=_medians(costs),
    )


def _too_few(sizes: int) -> str:
    return f"{'1 size was' if sizes == 1 else f'{sizes} sizes were'} measured: a line needs at least {FEWEST}."


def predicted(channel: Channel, size: float) -> Seconds:
    """Return the cost that a fitted line gives for so many bytes: latency, and size over bandwidth where it matters."""
    return channel.latency.estimate + (0.0 if channel.bandwidth is None else size / channel.bandwidth.estimate)


def _medians(costs: Mapping[str, _Trials]) -> tuple[CarryingCost, ...]:
    """Return the median cost per channel and size, sizes in the order of the cells."""
    by_size: dict[tuple[str, float], list[Seconds]] = {}
    for channel, trials in costs.items():
        for size, cost, _ in trials:
            by_size.setdefault((channel, size), []).append(cost)
    return tuple(
        CarryingCost(channel=channel, size=size, cost=median(found), trials=len(found))
        for (channel, size), found in by_size.items()
    )


def _costs(size: str, members: Sequence[CellSummary]) -> dict[str, _Trials]:
    """Return the data that lines are fitted to, by channel: per finished trial the mean over its tasks."""

    def of(cells: Sequence[CellSummary], cost: _Cost) -> _Trials:
        known = ((cell, trial, cost(cell, trial)) for cell in cells for trial in cell.trials)
        return [(float(cell.params[size]), seconds, trial.repeat) for cell, trial, seconds in known if seconds > 0]

    if members[0].workload != CHANNEL:
        found = {"slot": of(members, _slot), "broker": of(members, _broker)}
    else:
        kinds = dict.fromkeys(str(cell.params[KIND]) for cell in members)
        found = {kind: of([cell for cell in members if cell.params[KIND] == kind], _one_way) for kind in kinds}
    return {name: trials for name, trials in found.items() if trials}


def _groups(cells: Sequence[CellSummary], size: str) -> list[tuple[Group, list[CellSummary]]]:
    return grouped(cells, params={size, KIND} if cells[0].workload == CHANNEL else {size})


def _slot(_: CellSummary, trial: TrialSummary) -> Seconds:
    return 0.0 if trial.carriage is None else trial.carriage.handing_over + trial.carriage.returning


def _broker(_: CellSummary, trial: TrialSummary) -> Seconds:
    return 0.0 if trial.carriage is None else trial.carriage.fetching + trial.carriage.storing


def _one_way(cell: CellSummary, trial: TrialSummary) -> Seconds:
    return 0.0 if trial.body is None else trial.body / int(cell.params[EXCHANGES]) / 2


def _channel(name: str, trials: _Trials) -> Channel | str:
    """Return the line, or the reason why there is none."""
    points = Points.of(trials)
    if len(points.places) < FEWEST:
        return _too_few(len(points.places))
    fitted = regression.fit(points, np.stack((np.ones_like(points.at), points.at), axis=-1), positive=False)
    latency, per_byte = fitted.estimate
    r_squared = regression.explained(points.target, latency + per_byte * points.at, points.target**-2)
    deviation = regression.deviation(points.medians, latency + per_byte * points.places)
    if r_squared < LEAST_R_SQUARED and deviation > MOST_DEVIATION:
        off, explained = percent(deviation), percent(r_squared)
        return f"a line misses the measured costs by {off} and explains {explained} of their variance."
    return Channel(
        name=name,
        latency=fitted.interval(latency, fitted.draws[:, 0]).mapped(lambda seconds: max(0.0, seconds)),
        bandwidth=_bandwidth(fitted.interval(per_byte, fitted.draws[:, 1])),
        r_squared=r_squared,
    )


def _bandwidth(per_byte: Interval) -> Interval | None:
    """Return bytes per second; None where the time per byte may be 0."""
    lowest = per_byte.estimate if per_byte.low is None else per_byte.low
    return per_byte.inverse() if lowest > 0 else None
