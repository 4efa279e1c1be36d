"""Single tasks of one trial: a row a slot, a bar a task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from dashboard.figures import lines
from dashboard.figures.drawing import Chart, Column, Table
from dashboard.figures.palette import LOOKS
from services.core.experiment import Model
from services.core.timeline import Bar, Timeline

UNIT: Final = "ms"
PER_SECOND: Final = 1000
#: Height of a row, and of what is around them.
ROW, AROUND = 26, 80
#: How much is seen of a task that used no CPU at all.
PALEST: Final = 0.18
#: Why greenlets have no share.
MIXED: Final = "greenlets share a thread, and its CPU time holds that of whichever of them ran"


def chart(timeline: Timeline, model: Model) -> Chart:
    """The more of its time a task was on a CPU, the fuller its bar; hatched where that is unknown. In milliseconds."""
    bars = sorted(timeline.bars, key=lambda bar: (*_thread(bar), bar.slot, bar.started))
    names = _names(bars)
    slots = [_slot(bar) for bar in bars]
    busy = _busy(bars)
    colour = LOOKS[model].colour
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
            [
                bar.started * PER_SECOND,
                bar.cpu * PER_SECOND,
                "of all its greenlets" if share is None else f"{share:.0%}",
            ]
            for bar, share in zip(bars, busy, strict=True)
        ],
        "hovertemplate": (
            "%{y}<br>began at %{customdata[0]:,.3r} ms, took %{x:,.3r} ms<br>"
            "CPU of the thread %{customdata[1]:,.3r} ms (%{customdata[2]})<extra></extra>"
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


def table(timeline: Timeline) -> Table:
    """The bars, in the order in which they began."""
    return Table(
        columns=(
            Column(heading="node"),
            Column(heading="slot"),
            Column(heading="process"),
            Column(heading="thread"),
            Column(heading="began", unit=UNIT),
            Column(heading="ended", unit=UNIT),
            Column(heading="CPU of the thread", unit=UNIT),
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
                bar.cpu * PER_SECOND,
                None if share is None else share * 100,
            )
            for bar, share in zip(timeline.bars, _busy(timeline.bars), strict=True)
        ),
    )


def summary(timeline: Timeline) -> str:
    """What the bars come to, in a sentence."""
    bars = timeline.bars
    if not bars:
        return "No task of this trial ended."
    slots = len({(bar.node, bar.slot) for bar in bars})
    threads = len({(bar.node, bar.pid, bar.thread) for bar in bars})
    processes = len({(bar.node, bar.pid) for bar in bars})
    return (
        f"The first {len(bars):,} of {timeline.tasks:,} tasks: {_count(slots, 'slot')}, {_count(threads, 'thread')}, "
        f"{_count(processes, 'process')}. {_on_cpu(_busy(bars))}"
    )


def _count(number: int, noun: str) -> str:
    plural = noun if number == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {plural}"


def _on_cpu(busy: Sequence[float | None]) -> str:
    known = [share for share in busy if share is not None]
    if not known:
        return f"How much of its time a task was on a CPU is not known: {MIXED}."
    alone = "On average a task" if len(known) == len(busy) else "On average a task that was alone in its thread"
    rest = "" if len(known) == len(busy) else f" Of the others it is not known: {MIXED}."
    return f"{alone} was on a CPU for {fmean(known):.0%} of its time.{rest}"


def _busy(bars: Sequence[Bar]) -> list[float | None]:
    """Of each bar; None where slots share a thread: only its clock can be read, and that runs for all of them."""
    sharing = _sharing(bars)
    return [None if sharing[_thread(bar)] > 1 else bar.busy for bar in bars]


def _sharing(bars: Sequence[Bar]) -> Counter[tuple[str, int, int]]:
    """By thread, how many slots it has."""
    return Counter(_thread(bar) for bar in {_slot(bar): bar for bar in bars}.values())


def _filled(colour: str, busy: float) -> str:
    """`#RRGGBB`, the fuller the busier."""
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
