"""The cost of moving bytes: time over size, with the fitted line of latency and bandwidth."""

from __future__ import annotations

from collections.abc import Mapping

from services.analysis.across.payload import BYTES, predicted
from services.core.findings import Channel, Payload
from services.core.report import Report
from services.core.summary import Interval
from services.views.charts import axis, lines
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.charts.series import Point, Series, numbered
from services.views.tables import Column, Row, Table, bounded, spread, whole

UNIT = "ms"
PER_SECOND = 1000
PER_BYTE = 1 / 2**20


def chart(report: Report) -> Chart:
    """Draw a point per cell (median over trials of their means), and the fitted line of each channel."""
    found = _series(report)
    fitted = _fits(report)
    sizes = lines.places(found)
    parameter = report.findings.payload[0].parameter if report.findings.payload else "size"
    title = f"cost ({UNIT})"
    costs = [point.value.estimate for one in found for point in one.points]
    upright = lines.up_logarithmic(title, costs) if sizes and sizes[0] > 0 else lines.up(title)
    return lines.finished(
        [_points(one) for one in found] + [_line(one, fitted[one.name], sizes) for one in found if one.name in fitted],
        {"xaxis": axis.drawn(axis.parameter(parameter, BYTES), sizes), "yaxis": upright},
    )


def table(report: Report) -> Table:
    """Return the measured time and the value of the line at each size."""
    fitted, series = _fits(report), _series(report)
    return Table(
        columns=(
            Column(heading="model, channel"),
            Column(heading="size", unit="bytes"),
            Column(heading="measured", unit=UNIT),
            Column(heading="line", unit=UNIT),
        ),
        rows=tuple(
            (
                one.name,
                whole(point.at),
                point.value.estimate,
                predicted(fitted[one.name], point.at) * PER_SECOND if one.name in fitted else None,
            )
            for one in series
            for point in one.points
        ),
        models=tuple(one.model for one in series for _ in one.points),
    )


def findings(report: Report) -> Table:
    """Return a row per fitted line."""
    return Table(
        columns=(
            Column(heading="model, channel"),
            *bounded("latency", UNIT),
            *bounded("bandwidth", "MiB/s"),
            Column(heading="R²"),
        ),
        rows=tuple(_fit(name, channel) for name, channel in _fits(report).items()),
        models=tuple(one.group.model for one in report.findings.payload for _ in one.channels),
    )


def notes(report: Report) -> tuple[str, ...]:
    """Return why there is no line."""
    return tuple(f"{_name(one)}: {one.no_fit_reason}" for one in report.findings.payload if one.no_fit_reason)


def _name(one: Payload) -> str:
    """Return the label of a swept size among others, with the size."""
    return f"{one.group.name} {axis.parameter(one.parameter, BYTES).heading}"


def _fits(report: Report) -> Mapping[str, Channel]:
    return {f"{_name(one)} {channel.name}": channel for one in report.findings.payload for channel in one.channels}


def _series(report: Report) -> tuple[Series, ...]:
    return numbered(
        {
            (one.group.model, f"{_name(one)} {channel}"): [
                Point(at=cost.size, trials=cost.trials, value=Interval.unbounded(cost.cost * PER_SECOND))
                for cost in one.costs
                if cost.channel == channel
            ]
            for one in report.findings.payload
            for channel in dict.fromkeys(cost.channel for cost in one.costs)
        }
    )


def _points(one: Series) -> Trace:
    return lines.trace(one, unit=UNIT) | {"mode": "markers"}


def _line(one: Series, channel: Channel, sizes: list[float]) -> Trace:
    steps = 40
    low, high = sizes[0], sizes[-1]
    at = [
        low * (high / low) ** (step / steps) if low > 0 else low + (high - low) * step / steps
        for step in range(steps + 1)
    ]
    look = one.model.traits.appearance
    return {
        "type": "scatter",
        "legendgroup": one.name,
        "showlegend": False,
        "mode": "lines",
        "x": at,
        "y": [predicted(channel, size) * PER_SECOND for size in at],
        "hoverinfo": "skip",
        "line": {"color": look.colour, "dash": look.dash, "width": 1.5},
    }


def _fit(name: str, channel: Channel) -> Row:
    bandwidth = None if channel.bandwidth is None else channel.bandwidth.scaled(PER_BYTE)
    return (name, *spread(channel.latency.scaled(PER_SECOND)), *spread(bandwidth), channel.r_squared)


PAYLOAD = Drawing(
    name="payload",
    title="Carrying bytes",
    about=(
        "Cost of carrying a message by its size, with one task in flight. The line is latency + size / bandwidth. Slot "
        "is the way into the slot and back; broker includes the result backend; workload channel has the "
        "channels that were asked for."
    ),
    chart=chart,
    table=table,
    findings=findings,
    notes=notes,
)
