"""Charts of one panel, or of several side by side over the same axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.views.charts import axis, lines
from services.views.charts.axis import Axis
from services.views.charts.drawing import Chart, Trace
from services.views.charts.series import Series

#: Height of one of several panels one above another, and the share of it that is left for its axis.
STACKED: Final = 290
GAP: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Series that share a pair of axes."""

    found: tuple[Series, ...]
    unit: str
    #: Its share of the width.
    share: tuple[float, float]
    #: Title of the vertical axis; empty where it is the first panel's.
    title: str
    #: Title of the horizontal axis; None for that of the axis itself.
    below: str | None = None
    #: Drawn behind the series.
    behind: tuple[Trace, ...] = ()
    logarithmic: bool = False


def single(found: tuple[Series, ...], over: Axis, *, title: str, unit: str) -> Chart:
    """Draw all series in one panel. `title` names the upright axis."""
    axes = {"xaxis": axis.drawn(over, lines.places(found)), "yaxis": lines.up(f"{title} ({unit})")}
    return lines.finished(lines.with_levels(found, unit=unit), axes)


def chart(panels: Sequence[Panel], over: Axis) -> Chart:
    """Panels beside each other; the page puts them one above another where it is narrow."""
    traces: list[Trace] = []
    axes: dict[str, Any] = {}
    for number, panel in enumerate(panels, start=1):
        traces += panel.behind
        traces += lines.with_levels(panel.found, unit=panel.unit, panel=number)
        axes |= _axes(number, panel, over)
    if not any(panel.found for panel in panels):
        traces = []
    return lines.finished(traces, axes | {"meta": {"narrow": _narrow(len(panels))}})


def _axes(number: int, panel: Panel, over: Axis) -> dict[str, Any]:
    names = lines.in_panel(number)
    upright = lines.up(panel.title)
    if panel.logarithmic:
        values = [point.value.estimate for one in panel.found for point in one.points]
        upright = lines.up_logarithmic(panel.title, values)
    if not panel.title:
        upright |= {"matches": "y", "showticklabels": False, "ticks": ""}
    across = axis.drawn(over, lines.places(panel.found), panel.below)
    return {
        _key(names["xaxis"]): across | {"domain": panel.share, "anchor": names["yaxis"]},
        _key(names["yaxis"]): upright | {"anchor": names["xaxis"]},
    }


def _narrow(count: int) -> dict[str, Any]:
    """Return the changes to the layout for panels one above another, the first on top."""
    each = 1 / count
    changes: dict[str, Any] = {"height": count * STACKED + 60}
    for number in range(1, count + 1):
        names = lines.in_panel(number)
        top = 1 - (number - 1) * each
        bottom = top - each * (1 - GAP) if number < count else 0
        changes[_key(names["xaxis"])] = {"domain": (0, 1)}
        changes[_key(names["yaxis"])] = {"domain": (bottom, top), "showticklabels": True}
    return changes


def _key(name: str) -> str:
    """Return `xaxis2` for `x2`."""
    return f"{name[0]}axis{name[1:]}"
