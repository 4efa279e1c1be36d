"""What one more slot costs in memory."""

from __future__ import annotations

from dashboard.figures import lines
from dashboard.figures.drawing import Chart, Column, Drawing, Table, Trace
from dashboard.figures.palette import LOOKS
from dashboard.figures.rows import bounded, spread
from dashboard.figures.series import of_group, scaled
from services.core.findings import SlotMemory
from services.core.report import Report

UNIT = "MiB"
PER_BYTE = 1 / 2**20
#: Height of a bar, and of what is around them.
BAR, AROUND = 40, 110


def chart(report: Report) -> Chart:
    """A bar a group, with its interval."""
    found = report.findings.memory
    return lines.finished(
        [_bar(one) for one in found],
        {
            "xaxis": lines.up(f"memory a slot ({UNIT})") | {"ticks": "outside"},
            "yaxis": lines.categories(of_group(one.group) for one in found),
            "showlegend": False,
        },
        height=AROUND + BAR * len(found),
    )


def table(report: Report) -> Table:
    """The line through peak PSS over concurrency: its slope, where it begins, and where it ends."""
    return Table(
        columns=(
            Column(heading="model"),
            *bounded("per slot", UNIT),
            Column(heading="fixed", unit=UNIT),
            Column(heading="RSS/PSS"),
            Column(heading="grown by work", unit=UNIT),
            Column(heading="slots that fit"),
        ),
        rows=tuple(
            (
                of_group(one.group),
                *spread(scaled(one.per_slot, PER_BYTE)),
                one.fixed * PER_BYTE,
                one.double_counted,
                one.broken * PER_BYTE,
                one.limit,
            )
            for one in report.findings.memory
        ),
    )


def _bar(one: SlotMemory) -> Trace:
    value, name, look = scaled(one.per_slot, PER_BYTE), of_group(one.group), LOOKS[one.group.model]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": [value.median],
        "y": [name],
        "width": 0.55,
        "marker": {"color": look.colour},
        "error_x": lines.error_bars([value]) | {"color": lines.GREY},
        "customdata": [lines.interval_words(value, UNIT)],
        "hovertemplate": f"{name}<br>%{{x:,.3r}} {UNIT} a slot%{{customdata}}<extra></extra>",
    }


SLOT_MEMORY = Drawing(
    name="slot-memory",
    title="Memory per slot",
    about=(
        "What one more slot adds to the peak PSS of a worker: the slope of a line through its concurrencies. Fixed is "
        "what the worker takes before its first slot; RSS/PSS says how often RSS counts a shared page; grown by work "
        "is private memory that was not there when the worker was idle; slots that fit says where the line reaches the "
        "memory of the node."
    ),
    chart=chart,
    table=table,
)
