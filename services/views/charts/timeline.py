"""Single tasks of one trial: a row a slot, a bar a task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Final

from services.core.models import Model
from services.core.timeline import Bar, Timeline
from services.core.units import Seconds
from services.views.charts import lines
from services.views.charts.drawing import Chart
from services.views.tables import Column, Table

UNIT: Final = "ms"
PER_SECOND: Final = 1000
#: Height of a row, and of what is around them.
ROW, AROUND = 26, 80
#: How much is seen of a task that used no CPU at all.
PALEST: Final = 0.18
#: Why greenlets have no CPU time of their own.
MIXED: Final = "greenlets share a thread, so its CPU time cannot be divided among their tasks"


def chart(timeline: Timeline, model: Model) -> Chart:
    """Draw each bar the fuller, the more of its time its task was on a CPU; hatched where that is not known."""
    bars = sorted(_known(timeline, model), key=lambda bar: (*_thread(bar), bar.slot, bar.started))
    names = _names(bars)
    slots = [_slot(bar) for bar in bars]
    busy = [bar.busy for bar in bars]
    colour = model.traits.appearance.colour
    trace = {
        "type": "bar",
        "orientation": "h",
        "name": model,
        "base": [bar.started * PER_SECOND for bar in bars],
        "x": [(bar.finished - bar.started) * PER_SECOND for bar in bars],
        "y": [names[slot] for slot in slots],
        "width": 0.72,
        "marker": {
            "color": [_filled(colour, share or 0.0) for share in busy],
            "line": {"color": colour, "width": 1},
            "pattern": {"shape": ["/" if share is None else "" for share in busy], "fgcolor": colour, "size": 6},
        },
        "customdata": [
            [bar.started * PER_SECOND, "CPU not separable" if bar.cpu is None else _share(bar.cpu, bar.busy)]
            for bar in bars
        ],
        "hovertemplate": (
            "%{y}<br>began at %{customdata[0]:,.3r} ms, took %{x:,.3r} ms<br>%{customdata[1]}<extra></extra>"
        ),
    }
    return lines.finished(
        [trace] if bars else [],
        {
            "barmode": "overlay",
            "showlegend": False,
            "margin": {"l": 64, "r": 12, "t": 16, "b": 52},
            "xaxis": lines.up(f"time since the first task began ({UNIT})") | {"ticks": "outside", "zeroline": False},
            "yaxis": lines.categories(names.values()) | {"ticktext": list(names.values())},
        },
        height=AROUND + ROW * max(len(names), 2),
    )


def table(timeline: Timeline, model: Model) -> Table:
    """Return the bars in the order in which they began."""
    return Table(
        columns=(
            Column(heading="node"),
            Column(heading="slot"),
            Column(heading="process"),
            Column(heading="thread"),
            Column(heading="began", unit=UNIT),
            Column(heading="ended", unit=UNIT),
            Column(heading="CPU", unit=UNIT),
            Column(heading="busy", unit="%"),
        ),
        rows=tuple(
            (
                bar.node,
                bar.slot + 1,
                str(bar.pid),
                str(bar.thread),
                bar.started * PER_SECOND,
                bar.finished * PER_SECOND,
                None if bar.cpu is None else bar.cpu * PER_SECOND,
                None if bar.busy is None else bar.busy * 100,
            )
            for bar in _known(timeline, model)
        ),
    )


def summary(timeline: Timeline, model: Model) -> str:
    """Describe the bars in a sentence."""
    bars = _known(timeline, model)
    if not bars:
        return "No task of this trial ended."
    slots = len({(bar.node, bar.slot) for bar in bars})
    threads = len({(bar.node, bar.pid, bar.thread) for bar in bars})
    processes = len({(bar.node, bar.pid) for bar in bars})
    return (
        f"The first {len(bars):,} of {timeline.tasks:,} tasks: {_count(slots, 'slot')}, {_count(threads, 'thread')}, "
        f"{_count(processes, 'process')}. {_on_cpu(bars)}"
    )


def _count(number: int, noun: str) -> str:
    plural = noun if number == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {plural}"


def _on_cpu(bars: Sequence[Bar]) -> str:
    known = [bar.busy for bar in bars if bar.busy is not None]
    if not known:
        return f"How much of its time a task was on a CPU is not known: {MIXED}."
    return f"On average a task was on a CPU for {fmean(known):.0%} of its time."


def _share(cpu: Seconds, busy: float | None) -> str:
    return f"CPU {cpu * PER_SECOND:,.3g} ms ({busy or 0:.0%})"


def _known(timeline: Timeline, model: Model) -> tuple[Bar, ...]:
    """Return the bars, without the CPU time of the shared thread, which earlier versions stored for gevent."""
    if model.traits.has_thread_per_slot:
        return timeline.bars
    return tuple(replace(bar, cpu=None) for bar in timeline.bars)


def _sharing(bars: Sequence[Bar]) -> Counter[tuple[str, int, int]]:
    """By thread, how many slots it has."""
    return Counter(_thread(bar) for bar in {_slot(bar): bar for bar in bars}.values())


def _filled(colour: str, busy: float) -> str:
    """Return `#RRGGBB`, the fuller the busier."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{PALEST + (1 - PALEST) * busy:.3f})"


def _thread(bar: Bar) -> tuple[str, int, int]:
    return (bar.node, bar.pid, bar.thread)


def _slot(bar: Bar) -> tuple[str, int]:
    return (bar.node, bar.slot)


def _names(bars: Sequence[Bar]) -> dict[tuple[str, int], str]:
    """By slot: its process and thread; the node where there are several, a number where slots share a thread."""
    slots = {_slot(bar): bar for bar in bars}
    sharing = _sharing(bars)
    several = len({bar.node for bar in bars}) > 1
    return {
        slot: " ".join(
            (
                *([bar.node] if several else []),
                f"p{bar.pid} t{bar.thread}",
                *([f"#{bar.slot + 1}"] if sharing[_thread(bar)] > 1 else []),
            )
        )
        for slot, bar in slots.items()
    }
