"""Series as Plotly lines, with their intervals as error bars.

Figures are plain data: making them of Plotly's own objects takes far longer. A test has Plotly check them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.core.summary import Interval
from services.views.charts.drawing import Chart, Trace
from services.views.charts.series import Series

#: For what is no model's: an ideal, a limit. Its contrast is above 3 on both backgrounds.
GREY: Final = "#80868F"
#: Appended to the name of a marker: distinguishes series of one model.
MARKS: Final = ("", "-open", "-dot", "-open-dot")
HEIGHT: Final = 380
#: Up to here a logarithmic axis has ticks between the powers of ten.
FEW_DECADES: Final = 3


def trace(one: Series, *, unit: str, panel: int = 1) -> Trace:
    """Draw the line of a series. Only the first panel's lines are named in the legend; they switch all panels."""
    look = one.model.traits.appearance
    values = [point.value for point in one.points]
    return in_panel(panel) | {
        "type": "scatter",
        "name": one.name,
        "legendgroup": one.name,
        "showlegend": panel == 1,
        "mode": "lines+markers",
        "x": [point.at for point in one.points],
        "y": [value.estimate for value in values],
        "customdata": [interval_words(value, unit) for value in values],
        "hovertemplate": f"{one.name} at %{{x:,.6~g}}<br>%{{y:,.3r}} {unit}%{{customdata}}<extra></extra>",
        "line": {"color": look.colour, "dash": look.dash, "width": 2},
        "marker": marker(one),
        "error_y": error_bars(values),
    }


def marker(one: Series, size: int = 9) -> dict[str, Any]:
    """Draw the points of a series."""
    look = one.model.traits.appearance
    mark = MARKS[one.nth % len(MARKS)]
    # The dot has the outline's colour: on a filled marker it would not be seen.
    outline = "#FFFFFF" if mark == "-dot" else look.colour
    return {"color": look.colour, "size": size, "symbol": look.marker + mark, "line": {"color": outline, "width": 1.5}}


def level(one: Series, across: Iterable[float], *, panel: int = 1) -> Trace | None:
    """Draw a faint line at the height of a series with one point: the other places compare with it."""
    (first, *more), places = one.points, sorted(across)
    if more or len(places) < 2:
        return None
    look = one.model.traits.appearance
    return in_panel(panel) | {
        "type": "scatter",
        "legendgroup": one.name,
        "showlegend": False,
        "mode": "lines",
        "x": [places[0], places[-1]],
        "y": [first.value.estimate] * 2,
        "hoverinfo": "skip",
        "opacity": 0.7,
        "line": {"color": look.colour, "dash": look.dash, "width": 1.5},
    }


def guide(name: str, x: Sequence[float], y: Sequence[float], *, panel: int = 1, legend: bool = True) -> Trace:
    """Draw a grey line to compare with."""
    return in_panel(panel) | {
        "type": "scatter",
        "name": name,
        "showlegend": legend,
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "hoverinfo": "skip",
        "line": {"color": GREY, "dash": "longdash", "width": 1.5},
    }


def with_levels(found: Sequence[Series], *, unit: str, panel: int = 1) -> list[Trace]:
    """Return every series, those with one point as a level as well."""
    across = places(found)
    levels = [level(one, across, panel=panel) for one in found]
    return [line for line in levels if line] + [trace(one, unit=unit, panel=panel) for one in found]


def finished(traces: list[Trace], axes: dict[str, Any], *, height: int = HEIGHT) -> Chart:
    """Return the figure. The page lays its own colours over text and grid."""
    layout = {
        "autosize": True,
        "height": height,
        "margin": {"l": 64, "r": 12, "t": 44, "b": 52},
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "showlegend": True,
        "hovermode": "closest",
        "dragmode": False,
    }
    return {"data": traces, "layout": layout | axes}


def places(found: Iterable[Series]) -> list[float]:
    """Return every place on the axis with a point, rising."""
    return sorted({point.at for one in found for point in one.points})


def up(title: str = "") -> dict[str, Any]:
    """Return an upright axis from zero: a cut axis makes small differences look large."""
    return {
        "title": {"text": title, "standoff": 12, "font": {"size": 13}},
        "rangemode": "tozero",
        "zeroline": True,
        "automargin": True,
        "separatethousands": True,
        "nticks": 6,
        "fixedrange": True,
    }


def up_logarithmic(title: str, values: Iterable[float]) -> dict[str, Any]:
    """Return an upright axis on which equal ratios are equally high; it has no zero. `values` are all that is drawn."""
    ticks = _round_numbers(values)
    axis = {"type": "log", "rangemode": "normal", "zeroline": False, "tickvals": ticks}
    return up(title) | axis | {"ticktext": [f"{tick:,.12g}" for tick in ticks]}


def _round_numbers(values: Iterable[float]) -> list[float]:
    """Return 1, 2 and 5 of every power of ten that the values reach; the powers alone where there are many."""
    known = [value for value in values if value > 0]
    if not known:
        return []
    first, last = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    steps = (1, 2, 5) if last - first <= FEW_DECADES else (1,)
    return [float(f"{step}e{power}") for power in range(first, last + 1) for step in steps]


def categories(names: Iterable[str]) -> dict[str, Any]:
    """Return an upright axis of names, the first on top; long ones in several lines."""
    shown = list(dict.fromkeys(names))
    return {
        "type": "category",
        "autorange": "reversed",
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "tickvals": shown,
        "ticktext": [name.replace(" ", "<br>") for name in shown],
    }


def in_panel(panel: int) -> dict[str, str]:
    """Return the axes of the nth panel."""
    number = "" if panel == 1 else str(panel)
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def error_bars(values: Sequence[Interval]) -> dict[str, Any]:
    """Intervals around their medians; invisible where there are none."""
    bounds = [(value.low, value.estimate, value.high) for value in values]
    return {
        "type": "data",
        "visible": any(low is not None and high is not None for low, _, high in bounds),
        "array": [0 if high is None else high - median for _, median, high in bounds],
        "arrayminus": [0 if low is None else median - low for low, median, _ in bounds],
        "thickness": 1.5,
        "width": 5,
    }


def interval_words(value: Interval, unit: str) -> str:
    """Return the interval for the text that appears at a point."""
    if value.low is None or value.high is None:
        return ""
    return f"<br>interval {value.low:,.4g} to {value.high:,.4g} {unit}"
