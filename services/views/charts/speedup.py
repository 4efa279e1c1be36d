"""Speed-up: throughput over that of sequential, with the law that it follows."""

from __future__ import annotations

from typing import Final

from services.analysis.across.laws import FEWEST, predicted
from services.analysis.coverage import ratio_bounds
from services.core.findings import Fit, Group, Scaling, Speedup
from services.core.report import Report
from services.core.summary import Interval
from services.views.charts import axis, lines
from services.views.charts.axis import CONCURRENCY
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.charts.rows import places
from services.views.charts.series import Point, Series, numbered
from services.views.tables import Column, Row, Table, bounded, spread

#: Points of a curve.
STEPS: Final = 60


def chart(report: Report) -> Chart:
    """Draw the speed-up over sequential, or over one slot of the same model where sequential was not measured."""
    over_sequential = _over_sequential(report)
    found = _series(report, over_sequential)
    most = max(lines.places(found), default=1)
    curves = [
        curve
        for one, scaling in zip(found, _drawn(report, over_sequential), strict=True)
        if (curve := _curve(one, scaling, most, over_sequential=over_sequential))
    ]
    ideal = [lines.guide("ideal", (1, most), (1, most))] if found and most > 1 else []
    return lines.finished(
        [*ideal, *curves, *(lines.trace(one, unit="×") for one in found)],
        {
            "xaxis": axis.drawn(CONCURRENCY, lines.places(found)),
            "yaxis": lines.up_logarithmic(
                f"speed-up over {'sequential' if over_sequential else 'one slot'} (×)",
                [most, *(point.value.estimate for one in found for point in one.points)],
            ),
        },
    )


def table(report: Report) -> Table:
    """Return both speed-ups of every cell."""
    return Table(
        columns=(*places(CONCURRENCY), *bounded("over sequential", "×"), *bounded("over one slot", "×")),
        rows=tuple(
            (scaling.group.name, point.concurrency, *spread(point.over_sequential), *spread(point.over_one))
            for scaling in report.findings.scaling
            for point in scaling.speedups
        ),
        models=tuple(scaling.group.model for scaling in report.findings.scaling for _ in scaling.speedups),
    )


def findings(report: Report) -> Table:
    """Return a row per fitted law."""
    return Table(
        columns=(
            *(Column(heading="model"), Column(heading="law")),
            *bounded("one slot", "tasks/s"),
            *bounded("contention σ", ""),
            *bounded("coherency κ", ""),
            *(Column(heading="R²"), Column(heading="peak", unit="slots"), Column(heading="peak rate", unit="tasks/s")),
        ),
        rows=tuple(_law(scaling.group, fit) for scaling in report.findings.scaling for fit in scaling.fits),
        models=tuple(scaling.group.model for scaling in report.findings.scaling for _ in scaling.fits),
    )


def notes(report: Report) -> tuple[str, ...]:
    """Return which groups are not drawn, and why a group with enough concurrencies has no law."""
    refused = (
        f"{scaling.group.name}: {scaling.no_fit_reason}"
        for scaling in report.findings.scaling
        if scaling.no_fit_reason and len(scaling.speedups) >= FEWEST
    )
    return (*_left_out(report), *refused)


def _left_out(report: Report) -> tuple[str, ...]:
    if not _over_sequential(report):
        return ()
    drawn = [scaling.group for scaling in _drawn(report, over_sequential=True)]
    return tuple(
        f"{scaling.group.name}: not drawn, because sequential was not measured as a baseline."
        for scaling in report.findings.scaling
        if scaling.group not in drawn and any(point.over_one for point in scaling.speedups)
    )


def _over_sequential(report: Report) -> bool:
    return any(point.over_sequential for scaling in report.findings.scaling for point in scaling.speedups)


def _pick(point: Speedup, *, over_sequential: bool) -> Interval | None:
    return point.over_sequential if over_sequential else point.over_one


def _drawn(report: Report, over_sequential: bool) -> list[Scaling]:
    return [
        scaling
        for scaling in report.findings.scaling
        if any(_pick(point, over_sequential=over_sequential) for point in scaling.speedups)
    ]


def _series(report: Report, over_sequential: bool) -> tuple[Series, ...]:
    return numbered(
        {
            (scaling.group.model, scaling.group.name): [
                Point(at=point.concurrency, trials=0, value=value)
                for point in scaling.speedups
                if (value := _pick(point, over_sequential=over_sequential))
            ]
            for scaling in _drawn(report, over_sequential)
        }
    )


def _curve(one: Series, scaling: Scaling, most: float, *, over_sequential: bool) -> Trace | None:
    """Draw the law through a series; the USL where both hold, for it is Amdahl's with one parameter more."""
    baseline = scaling.sequential if over_sequential else scaling.one_slot
    if not scaling.fits or baseline is None or most <= 1:
        return None
    fit = scaling.fits[-1]
    slots = [most ** (step / STEPS) for step in range(STEPS + 1)]
    return {
        "type": "scatter",
        "legendgroup": one.name,
        "showlegend": False,
        "mode": "lines",
        "x": slots,
        "y": [predicted(fit, at) / baseline for at in slots],
        "hoverinfo": "skip",
        "opacity": 0.75,
        "line": {"color": one.model.traits.appearance.colour, "dash": "dot", "width": 1.5},
    }


def _law(group: Group, fit: Fit) -> Row:
    known = fit.parameters
    return (
        group.name,
        {"amdahl": "Amdahl: σ is the serial share", "usl": "USL"}.get(fit.law, fit.law),
        *spread(known.get("rate")),
        *spread(known.get("contention", known.get("serial"))),
        *spread(known.get("coherency")),
        *(fit.r_squared, fit.peak, fit.peak_rate),
    )


SPEEDUP = Drawing(
    name="speedup",
    title="Speed-up",
    about=(
        "Throughput relative to the baseline that the axis names: sequential, or one slot of the same model where "
        "sequential was not measured. The long-dashed line is linear scaling. A thin dotted curve is the law fitted to "
        f"the cells, where one fits: from {FEWEST} concurrencies on."
    ),
    chart=chart,
    table=table,
    findings=findings,
    notes=notes,
    values="Ratio of medians over repeats",
    bounds=ratio_bounds,
)
