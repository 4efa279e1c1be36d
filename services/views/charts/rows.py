"""Series as a table: one row per point, the interval in columns of its own."""

from __future__ import annotations

from collections.abc import Sequence

from services.views.charts.axis import Axis
from services.views.charts.series import Series
from services.views.tables import Column, Table, bounded, spread, whole


def table(found: Sequence[Series], over: Axis, *, heading: str, unit: str) -> Table:
    """Return rows of (series, place on the axis, median, low, high, trials)."""
    return Table(
        columns=(*places(over), *bounded(heading, unit), Column(heading="trials")),
        rows=tuple(
            (one.name, whole(point.at), *spread(point.value), point.trials) for one in found for point in one.points
        ),
        models=tuple(one.model for one in found for _ in one.points),
    )


def places(over: Axis) -> tuple[Column, Column]:
    """Return the columns of a series and of a place on the axis."""
    return Column(heading="model"), Column(heading=over.heading, unit=over.unit)
