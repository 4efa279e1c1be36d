"""Series as Plotly lines over concurrency, with their intervals as error bars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from dashboard.figures.drawing import Chart
from dashboard.figures.palette import LOOKS
from dashboard.figures.series import Series

#: Space around the lines on the logarithmic axis of concurrency, in decades.
MARGIN = 0.08


def trace(one: Series, *, unit: str, panel: int = 1) -> go.Scatter:
    """The line of a series. Only the first panel's lines are named in the legend; they switch all panels."""
    look = LOOKS[one.model]
    values = [point.value for point in one.points]
    axis = "" if panel == 1 else str(panel)
    return go.Scatter(
        name=one.name,
        legendgroup=one.name,
        showlegend=panel == 1,
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
        mode="lines+markers",
        x=[point.concurrency for point in one.points],
        y=[value.median for value in values],
        customdata=[_words(point.value.low, point.value.high, unit) for point in one.points],
        hovertemplate=f"{one.name} at %{{x}}<br>%{{y:,.3r}} {unit}%{{customdata}}<extra></extra>",
        line={"color": look.colour, "dash": look.dash, "width": 2},
        marker={
            "color": look.colour,
            "size": 9,
            "symbol": look.marker if one.replicas == 1 else f"{look.marker}-open",
            "line": {"color": look.colour, "width": 1.5},
        },
        error_y=_bars(values),
    )


def level(one: Series, across: Iterable[int], *, panel: int = 1) -> go.Scatter | None:
    """A faint line at the height of a series with one point: what the other concurrencies compare to."""
    (first, *more), places = one.points, sorted(across)
    if more or len(places) < 2:
        return None
    look, axis = LOOKS[one.model], "" if panel == 1 else str(panel)
    return go.Scatter(
        legendgroup=one.name,
        showlegend=False,
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
        mode="lines",
        x=[places[0], places[-1]],
        y=[first.value.median] * 2,
        hoverinfo="skip",
        opacity=0.7,
        line={"color": look.colour, "dash": look.dash, "width": 1.5},
    )


def chart(found: tuple[Series, ...], *, title: str, unit: str) -> Chart:
    """All series in one panel. `title` names the upright axis."""
    places = concurrencies(found)
    levels = [level(one, places) for one in found]
    return finished(
        [line for line in levels if line] + [trace(one, unit=unit) for one in found],
        {"xaxis": across(places), "yaxis": up(f"{title} ({unit})")},
    )


def finished(traces: list[go.Scatter], axes: dict[str, Any]) -> Chart:
    """The figure as data, checked by Plotly. The page lays its own colours over text and grid."""
    layout = {
        "template": "none",
        "autosize": True,
        "height": 380,
        "margin": {"l": 64, "r": 12, "t": 44, "b": 52},
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "hovermode": "closest",
        "dragmode": False,
    }
    data: Chart = go.Figure(data=traces, layout=layout | axes).to_plotly_json()
    return data


def concurrencies(found: tuple[Series, ...]) -> list[int]:
    """Every concurrency with a point, rising."""
    return sorted({point.concurrency for one in found for point in one.points})


def across(places: list[int], title: str = "concurrency (slots a worker)") -> dict[str, Any]:
    """The axis of concurrency: logarithmic, with a tick at every measured one and nowhere else."""
    axis = {
        "type": "log",
        "tickvals": places,
        "ticktext": [str(place) for place in places],
        "title": {"text": title, "font": {"size": 13}},
    }
    return axis | {"zeroline": False, "showgrid": False, "ticks": "outside", "fixedrange": True}


def up(title: str = "") -> dict[str, Any]:
    """An upright axis from zero: a cut axis makes small differences look large."""
    axis = {
        "title": {"text": title, "standoff": 12, "font": {"size": 13}},
        "rangemode": "tozero",
        "zeroline": True,
        "automargin": True,
    }
    return axis | {"separatethousands": True, "nticks": 6, "fixedrange": True}


def _bars(values: list[Any]) -> dict[str, Any]:
    known = [value.low is not None and value.high is not None for value in values]
    return {
        "type": "data",
        "visible": any(known),
        "array": [v.high - v.median if ok else 0 for v, ok in zip(values, known, strict=True)],
        "arrayminus": [v.median - v.low if ok else 0 for v, ok in zip(values, known, strict=True)],
        "thickness": 1.5,
        "width": 5,
    }


def _words(low: float | None, high: float | None, unit: str) -> str:
    return "" if low is None or high is None else f"<br>interval {low:,.4g} to {high:,.4g} {unit}"
