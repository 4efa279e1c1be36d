"""A comparison rearranged for its page: letters for the cells, words for their figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final

from services.core.comparison import About, Choice, ComparedMeasure, ComparedValue, Comparison, Measure, Subject, Trait
from services.core.quantities import NOTHING, duration, number, size
from services.core.summary import Interval
from services.core.units import Value, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRow:
    """A cell with the letter it goes by on the page, and where its links lead."""

    letter: str
    subject: Subject
    #: The same comparison with this cell as the first, and without it.
    first: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure of one cell; texts, and the places of its bar and its interval on a scale from 0 to 100."""

    letter: str
    subject: Subject
    median: str
    bounds: str
    ratio: str
    ratio_bounds: str
    call: str
    bar: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRows:
    """A figure of all cells."""

    title: str
    #: How to read it.
    about: str
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitRow:
    """A line of the traits, with one text a cell."""

    title: str
    texts: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitRows:
    """The traits about one thing."""

    title: str
    rows: tuple[TraitRow, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    title: str
    about: str
    text: Callable[[float], str]


_MEASURES: Final[Mapping[Measure, _Look]] = {
    Measure.THROUGHPUT: _Look("Throughput", "tasks per second; higher is faster", lambda value: f"{number(value)}/s"),
    Measure.P50: _Look("Latency, p50", "half of the tasks took at most this long", duration),
    Measure.P95: _Look("Latency, p95", "95 of 100 tasks took at most this long", duration),
    Measure.P99: _Look("Latency, p99", "99 of 100 tasks took at most this long", duration),
    Measure.HANDOVER: _Look("Hand-over", "moving one task into a slot and its result back", duration),
    Measure.PEAK_PSS: _Look("Peak memory", "PSS of the workers, all nodes together", lambda value: size(round(value))),
}
_ABOUT: Final[Mapping[About, str]] = {
    About.TASK: "The task",
    About.CELL: "The cell",
    About.NODES: "The nodes",
    About.WORKERS: "How the workers ran",
}
#: Names that are written small everywhere.
_SMALL: Final = ("gevent", "hiredis", "kombu")
#: Explanation of a trait whose name is not clear by itself.
_TITLES: Final[Mapping[str, str]] = {
    "finished": "finished trials",
    "rate": "planned rate",
    "cpu_model": "processor",
    "quota": "CPU quota",
    "memory_limit": "memory",
    "python": "Python",
    "celery": "Celery",
    "gil": "GIL",
    "prefetch_multiplier": "prefetch",
    "acks_late": "acknowledges",
    "stores_results": "results",
    "shares_backend": "result backend",
    "result_connections": "result connections",
}
_TEXTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "broker": lambda value: value or "the ledger's server",
    "rate": lambda value: "full queue" if value is None else f"{exact(value)}/s",
    "quota": lambda value: "none" if value is None else f"{value:g} cores",
    "usable_cores": lambda value: f"{value:g}",
    "memory_limit": size,
    "gil": lambda value: "on" if value else "off",
    "hiredis": lambda value: "installed" if value else "not installed",
    "start_method": lambda value: value or NOTHING,
    "prefetch_multiplier": lambda value: f"× {value}" if value else "no limit",
    "acks_late": lambda value: "after the task" if value else "before the task",
    "stores_results": lambda value: "stored" if value else "not stored",
    "shares_backend": lambda value: "one for all slots" if value else "one per slot",
    "result_connections": lambda value: "Celery's default" if value is None else f"at most {value}",
}


def subjects(compared: Comparison) -> list[SubjectRow]:
    """Return the cells in their order."""
    chosen = [one.choice for one in compared.subjects]
    return [
        SubjectRow(
            letter=letter,
            subject=subject,
            first=_addressed([subject.choice, *_without(chosen, subject.choice)]),
            without=_addressed(_without(chosen, subject.choice)),
        )
        for letter, subject in zip(ascii_uppercase, compared.subjects, strict=False)
    ]


def measures(compared: Comparison) -> list[MeasureRows]:
    """Return every figure with all cells."""
    return [_measure(one, compared.subjects) for one in compared.measures]


def traits(compared: Comparison) -> list[TraitRows]:
    """Possible explanations of a difference, by subject."""
    return [
        TraitRows(
            title=title,
            rows=tuple(_trait(one) for one in compared.traits if one.about is about),
        )
        for about, title in _ABOUT.items()
    ]


def differing(compared: Comparison) -> list[str]:
    """Names of everything in which the cells differ, apart from how many trials each has."""
    return [_title(one) for one in compared.traits if one.differs and one.name != "finished"]


def _without(chosen: Sequence[Choice], one: Choice) -> list[Choice]:
    return [other for other in chosen if other != one]


def _addressed(chosen: Sequence[Choice]) -> tuple[str, ...]:
    return tuple(f"{one.experiment}:{one.cell}" for one in chosen)


def _measure(measured: ComparedMeasure, subjects: Sequence[Subject]) -> MeasureRows:
    look = _MEASURES[measured.measure]
    reach = max((_highest(one.value) for one in measured.subjects if one.value), default=0.0)
    rows = zip(ascii_uppercase, subjects, measured.subjects, strict=False)
    return MeasureRows(
        title=look.title,
        about=look.about,
        rows=tuple(_figure(letter, subject, one, look.text, 100 / (reach or 1)) for letter, subject, one in rows),
    )


def _figure(letter: str, subject: Subject, one: ComparedValue, text: Callable[[float], str], scale: float) -> FigureRow:
    value, ratio = one.value, one.ratio
    return FigureRow(
        letter=letter,
        subject=subject,
        median="–" if value is None else text(value.estimate),
        bounds=_bounds(value, text),
        ratio="–" if ratio is None else f"× {number(ratio.estimate)}",
        ratio_bounds=_bounds(ratio, number),
        call=one.call or "",
        bar=0.0 if value is None else round(value.estimate * scale, 2),
        low=0.0 if value is None or value.low is None else round(value.low * scale, 2),
        high=0.0 if value is None or value.high is None else round(value.high * scale, 2),
    )


def _bounds(interval: Interval | None, text: Callable[[float], str]) -> str:
    if interval is None or interval.low is None or interval.high is None:
        return NOTHING
    return f"{text(interval.low)} to {text(interval.high)}"


def _highest(interval: Interval) -> float:
    return interval.estimate if interval.high is None else interval.high


def _title(trait: Trait) -> str:
    """Return the title of a trait; a parameter of a workload keeps its own name, even if a trait has the same."""
    plain = trait.name.replace("_", " ")
    return plain if trait.about is About.TASK else _TITLES.get(trait.name, plain)


def _trait(trait: Trait) -> TraitRow:
    return TraitRow(
        title=title if (title := _title(trait)) in _SMALL else title[:1].upper() + title[1:],
        texts=tuple(", ".join(_text(trait, value) for value in values) or NOTHING for values in trait.values),
        differs=trait.differs,
    )


def _text(trait: Trait, value: Value | None) -> str:
    return str(value) if trait.about is About.TASK else _TEXTS.get(trait.name, str)(value)
