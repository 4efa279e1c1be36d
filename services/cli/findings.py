"""What follows from several cells together, as text within 80 columns."""

from __future__ import annotations

from collections.abc import Iterable

from services.analysis.across.extrapolation import FURTHEST
from services.analysis.across.laws import FEWEST
from services.core.findings import Channel, Findings, Fit, Group, Load, Payload, Scaling, SlotMemory
from services.core.quantities import percent
from services.core.summary import Interval
from services.core.units import exact
from services.views import human
from services.views.columns import columns, wrapped


def findings(found: Findings) -> str:
    """A block for each kind of finding that there is; empty when there is none."""
    blocks = (_scaling(found.scaling), _memory(found.memory), _payload(found.payload), _load(found.load))
    return "\n\n".join(block for block in blocks if block)


def _scaling(scalings: Iterable[Scaling]) -> str:
    rows: list[tuple[str, ...]] = []
    notes = []
    for scaling in scalings:
        rows += [
            (
                point.cell,
                _times(point.over_sequential),
                _times(point.over_one),
                _share(point.efficiency),
                _share(point.of_bare),
            )
            for point in scaling.speedups
        ]
        notes += [wrapped(f"{_group(scaling.group)}: {_fit(fit)}", indent="  ") for fit in scaling.fits]
        # Fewer concurrencies than a law needs: no law was expected.
        if scaling.refused and len(scaling.speedups) >= FEWEST:
            notes.append(wrapped(f"{_group(scaling.group)}: {scaling.refused}", indent="  "))
    if not rows:
        return ""
    head: tuple[str, ...] = ("speed-up", "over sequential", "over one slot", "efficiency", "of bare")
    if all(row[-1] == human.NOTHING for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    else:
        notes.append(wrapped("of bare: speed-up over one slot, divided by that of bare processes", indent="  "))
    return "\n".join([columns(head, rows, right=frozenset(range(1, len(head)))), *notes])


def _fit(fit: Fit) -> str:
    values = ", ".join(f"{name} {_digits(value)}" for name, value in fit.parameters.items())
    peak = ""
    if fit.peak is not None and fit.peak_rate is not None:
        peak = f"; peak at {fit.peak:.0f} slots, {human.rate(fit.peak_rate)} tasks/s"
    return f"{fit.law} {values} (R² {fit.r_squared:.2f}){peak}"


def _memory(memories: Iterable[SlotMemory]) -> str:
    found = tuple(memories)
    if not found:
        return ""
    rows = [
        (
            _group(one.group),
            _per_slot(one),
            human.size(one.fixed),
            f"{one.double_counted:.2f}",
            human.size(one.broken),
            _fit_slots(one),
        )
        for one in found
    ]
    head = ("memory", "per slot", "fixed", "RSS/PSS", "grown by work", "slots that fit")
    notes = []
    if any(one.per_slot is None for one in found):
        notes.append("under: not measurable, the interval of the slope includes 0; this is its upper bound")
    if any(one.at_least for one in found):
        notes.append(f"at least: extrapolated to at most {FURTHEST} times the slots that were measured")
    lines = [wrapped(note, indent="    ", first="  ") for note in notes]
    return "\n".join([columns(head, rows, right=frozenset(range(1, 6))), *lines])


def _per_slot(one: SlotMemory) -> str:
    if one.per_slot is not None:
        return human.size(round(one.per_slot.median))
    return "not measurable" if one.under is None else f"under {human.size(one.under)}"


def _fit_slots(one: SlotMemory) -> str:
    if one.limit is None:
        return human.NOTHING
    return f"at least {one.limit:,}" if one.at_least else f"{one.limit:,}"


def _payload(payloads: Iterable[Payload]) -> str:
    rows, notes = [], []
    for payload in payloads:
        name = _group(payload.group)
        rows += [_channel(f"{name} {payload.parameter}", channel) for channel in payload.channels]
        if payload.refused:
            notes.append(wrapped(f"{name} {payload.parameter}: {payload.refused}", indent="  "))
    head = ("payload", "channel", "latency", "bandwidth", "R²")
    table = [columns(head, rows, right=frozenset({2, 3, 4}))] if rows else []
    return "\n".join([*table, *notes])


def _channel(name: str, channel: Channel) -> tuple[str, str, str, str, str]:
    bandwidth = human.NOTHING if channel.bandwidth is None else f"{human.size(round(channel.bandwidth.median))}/s"
    return (name, channel.name, human.duration(channel.latency.median), bandwidth, f"{channel.r_squared:.2f}")


def _load(loads: Iterable[Load]) -> str:
    rows, notes = [], []
    for load in loads:
        rows += [
            (
                point.cell,
                human.rate(point.achieved.median),
                human.duration(point.p50.median),
                human.duration(point.p99.median),
                "yes" if point.kept_up else "no",
            )
            for point in load.points
        ]
        notes.append(wrapped(f"{_group(load.group)} {_knee(load)}", indent="  "))
    if not rows:
        return ""
    head = ("load", "tasks/s", "p50", "p99", "kept up")
    return "\n".join([columns(head, rows, right=frozenset({1, 2, 3})), *notes])


def _knee(load: Load) -> str:
    highest = load.points[-1].rate
    if load.highest_kept is None:
        if load.lowest_missed is None:
            return "inconclusive: the publisher could not keep the schedule"
        return f"does not keep up with {human.rate(load.lowest_missed)}/s"
    if load.lowest_missed is not None:
        return f"keeps up with {human.rate(load.highest_kept)}/s, not with {human.rate(load.lowest_missed)}/s"
    if load.highest_kept == highest:
        return f"keeps up with all rates, up to {human.rate(highest)}/s"
    return f"keeps up with {human.rate(load.highest_kept)}/s; above that the publisher could not keep the schedule"


def _group(group: Group) -> str:
    slots = "" if group.concurrency is None else f"@{group.concurrency}"
    nodes = "" if group.replicas == 1 else f"x{group.replicas}"
    variant = "".join(f" {name}={exact(value)}" for name, value in group.variant.items())
    return f"{group.model}{slots}{nodes}{variant}"


def _times(interval: Interval | None) -> str:
    if interval is None:
        return human.NOTHING
    bounds = "" if interval.low is None or interval.high is None else f" ({interval.low:.2f}–{interval.high:.2f})"
    return f"{interval.median:.2f}{bounds}"


def _share(interval: Interval | None) -> str:
    return human.NOTHING if interval is None else percent(interval.median)


def _digits(interval: Interval) -> str:
    bounds = ""
    if interval.low is not None and interval.high is not None:
        bounds = f" ({human.digits(interval.low)}–{human.digits(interval.high)})"
    return f"{human.digits(interval.median)}{bounds}"
