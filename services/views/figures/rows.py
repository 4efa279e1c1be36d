"""Series as a table: a row a point, the interval in columns of its own."""

from __future__ import annotations

from collections.abc import Sequence

from services.core.summary import Interval
from services.core.units import exact
from services.views.figures.axis import Axis
from services.views.figures.drawing import Column, Row, Table
from services.views.figures.series import Series


def table(found: Sequence[Series], over: Axis, *, heading: str, unit: str) -> Table:
    """Rows of (series, place on the axis, median, low, high, trials)."""
    return Table(
        columns=(*places(over), *bounded(heading, unit), Column(heading="trials")),
        rows=tuple(
            (one.name, whole(point.at), *spread(point.value), point.trials) for one in found for point in one.points
        ),
    )


def places(over: Axis) -> tuple[Column, Column]:
    """Which series, and where on the axis."""
    return Column(heading="model"), Column(heading=over.heading, unit=over.unit)


def bounded(heading: str, unit: str) -> tuple[Column, Column, Column]:
    """A value and its interval."""
    low, high = (Column(heading=bound, unit=unit, bounds=heading) for bound in ("low", "high"))
    return Column(heading=heading, unit=unit), low, high


def spread(value: Interval | None) -> Row:
    """The values for `bounded`."""
    return (None, None, None) if value is None else (value.estimate, value.low, value.high)


def whole(value: float) -> float | str:
    """Return a place on an axis with all its digits, so that two places never look the same in a table."""
    return int(value) if value == int(value) else exact(value)
