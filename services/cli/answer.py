"""The answer of an experiment as text, and the options that choose another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, Final, TypeVar, cast

import click

from services.cli.terminal import Block, command, indented, stacked, table
from services.core.advice import CellPick, Objectives, VariantAdvice
from services.core.labels import bare, variant_label
from services.core.models import Model
from services.core.report import Report
from services.views import answer

_Command = TypeVar("_Command", bound=Callable[..., Any])
_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)")
_SIZES: Final = {"": 2**20, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_TIMES: Final = {"": 1e-3, "ms": 1e-3, "s": 1.0}


class Amount(click.ParamType[float]):
    """A positive number with a unit; the first unit is that of a plain number."""

    def __init__(self, name: str, units: Mapping[str, float], allowed: str) -> None:
        self.name = name
        self._units = units
        self._allowed = allowed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the amount in bytes or seconds."""
        if isinstance(value, float):
            return value
        found = _AMOUNT.fullmatch(str(value).strip())
        unit = None if found is None else self._units.get(found[2].lower())
        if found is None or unit is None or float(found[1]) == 0:
            self.fail(f"{value!r} must be {self._allowed}", param, ctx)
        return float(found[1]) * unit


_MEMORY: Final = Amount("SIZE", _SIZES, "a size such as 200MiB or 1.5GiB; a plain number is in MiB")
_TIME: Final = Amount("TIME", _TIMES, "a time such as 50ms or 2s; a plain number is in ms")


def with_objectives(function: _Command) -> _Command:
    """Add the options --max-memory and --p99 to a command, which gets them as `objectives`."""

    @click.option("--p99", type=_TIME, help="Pick among cells with at most this p99 latency, such as 50ms.")
    @click.option("--max-memory", type=_MEMORY, help="Pick among cells with at most this peak memory, such as 200MiB.")
    @wraps(function)
    def wrapped(*args: Any, max_memory: float | None, p99: float | None, **others: Any) -> Any:
        most = None if max_memory is None else round(max_memory)
        return function(*args, objectives=Objectives(max_memory=most, p99=p99), **others)

    return cast("_Command", wrapped)


def advice(report: Report) -> Iterator[Block]:
    """Yield the blocks of the answer, one per variant and pick; none while nothing is measured."""
    several = len(report.advice.variants) > 1
    for one in report.advice.variants:
        name = f" for {variant_label(one.variant, report.units)}" if several and one.variant else ""
        yield stacked(f"Answer{name}", one.text)
        yield from _picks(one.picks)
        yield one.missing
        yield from _why(one, answer.names(report))
        yield "" if one.certainty is None else stacked(*answer.certainty(one.certainty))


def _picks(picks: Sequence[CellPick]) -> Iterator[Block]:
    """Yield each pick with its command, what it costs and why it has settings; what models lack is listed once."""
    seen: dict[Model, str] = {}
    for one in picks:
        before = seen.setdefault(one.model, bare(one))
        cost = answer.gives_up(one) if before == bare(one) else f"You give up the same as with {before}."
        notes = (answer.not_enforced(one), cost if one.gives_up else "", *answer.reasons(one))
        lines = (answer.figures(one), command(*one.command), *notes)
        yield stacked(answer.title(one), *(indented(line) for line in lines if line != ""))


def _why(one: VariantAdvice, shown: Mapping[str, str]) -> Iterator[Block]:
    if one.why:
        yield stacked("What limits it", *(indented(answer.diagnosis(each, shown)) for each in one.why))
    if one.ceilings:
        yield stacked("Ceilings, from what one task needs", indented(table(answer.ceilings(one, shown))))
