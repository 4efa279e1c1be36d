"""The memory that one more slot takes."""

from __future__ import annotations

from services.analysis.coverage import slope_bounds
from services.core.findings import FURTHEST, SlotMemory
from services.core.report import Report
from services.views.charts import lines
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.tables import Column, Table, bounded, spread

UNIT = "MiB"
PER_BYTE = 1 / 2**20
#: Height of a bar, and of what is around them.
BAR, AROUND = 40, 110


def chart(report: Report) -> Chart:
    """Draw a bar per group with its interval; an open bar up to the upper bound of a slope that is not measurable."""
    found = report.findings.memory
    return lines.finished(
        [_bar(one) for one in found],
        {
            "xaxis": lines.up(f"memory per slot ({UNIT})") | {"ticks": "outside"},
            "yaxis": lines.categories(one.group.name for one in found),
            "showlegend": False,
        },
        height=AROUND + BAR * len(found),
    )


def table(report: Report) -> Table:
    """Return the slope and the intercept of peak PSS over concurrency, and how many slots fit."""
    found = report.findings.memory
    # Most slopes are measurable: then the table needs no column for those that are not.
    under = any(one.upper_bound is not None for one in found)
    return Table(
        columns=(
            Column(heading="model"),
            *bounded("per slot", UNIT),
            *([Column(heading="under", unit=UNIT)] if under else []),
            Column(heading="slots that fit"),
            Column(heading="fixed", unit=UNIT),
            Column(heading="RSS/PSS"),
            Column(heading="grown by work", unit=UNIT),
        ),
        rows=tuple(
            (
                one.group.name,
                *spread(None if one.per_slot is None else one.per_slot.scaled(PER_BYTE)),
                *([None if one.upper_bound is None else one.upper_bound * PER_BYTE] if under else []),
                _fit(one),
                one.fixed * PER_BYTE,
                one.double_counted,
                one.private_growth * PER_BYTE,
            )
            for one in found
        ),
        models=tuple(one.group.model for one in found),
    )


def notes(report: Report) -> tuple[str, ...]:
    """Return which groups are not measurable, and how far the line was extrapolated."""
    found = report.findings.memory
    unmeasurable = [one.group.name for one in found if one.per_slot is None]
    notes = []
    if unmeasurable:
        notes.append(
            f"{', '.join(unmeasurable)}: memory per slot is not measurable, the interval of the slope includes 0."
        )
    if any(one.limit_is_lower_bound for one in found):
        notes.append(f"“At least”: the line is extrapolated to at most {FURTHEST} times the slots that were measured.")
    return tuple(notes)


def _fit(one: SlotMemory) -> int | str | None:
    return f"at least {one.limit:,}" if one.limit is not None and one.limit_is_lower_bound else one.limit


def _bar(one: SlotMemory) -> Trace:
    name, look = one.group.name, one.group.model.traits.appearance
    bar = {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": [name],
        "width": 0.55,
    }
    if one.per_slot is None:
        return bar | {
            "x": [(one.upper_bound or 0) * PER_BYTE],
            "marker": {"color": "rgba(0,0,0,0)", "line": {"color": look.colour, "width": 1.5}},
            "hovertemplate": f"{name}<br>not measurable"
            f"{'' if one.upper_bound is None else f', under {one.upper_bound * PER_BYTE:,.3g} {UNIT} per slot'}"
            "<extra></extra>",
        }
    value = one.per_slot.scaled(PER_BYTE)
    return bar | {
        "x": [value.estimate],
        "marker": {"color": look.colour},
        "error_x": lines.error_bars([value]) | {"color": lines.GREY},
        "customdata": [lines.interval_words(value, UNIT)],
        "hovertemplate": f"{name}<br>%{{x:,.3r}} {UNIT} per slot%{{customdata}}<extra></extra>",
    }


SLOT_MEMORY = Drawing(
    name="slot-memory",
    title="Memory per slot",
    about=(
        "What one more slot adds to the peak PSS of a worker: the slope of a line through its concurrencies. Where the "
        "slope cannot be notes apart from 0, the open bar ends at its upper bound (“under”). Fixed is what the worker "
        "takes before its first slot. RSS/PSS is how often RSS counts a shared page. Grown by work is private memory "
        "that was not there when the worker was idle. Slots that fit is where the line reaches the memory of the node."
    ),
    chart=chart,
    table=table,
    notes=notes,
    values="Slope over all trials",
    bounds=slope_bounds,
)
