"""The numbers that a reader may change in the guide's pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dashboard.guide.schedule import Case, Work
from services.core.errors import InvalidRequest, Problem
from services.core.models import Model

#: The guide's models, in the order in which it explains them.
SHOWN: Final = (Model.SEQUENTIAL, Model.THREADS, Model.GEVENT, Model.PREFORK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A whole number that may be changed."""

    name: str
    label: str
    default: int
    most: int

    def read(self, text: str) -> int | Problem:
        """Return the number in a field, or the problem with it."""
        if text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= self.most:
            return int(text)
        return Problem(self.name, text, f"must be a whole number from 1 to {self.most}")


NUMBERS: Final = (
    Bounds(name="tasks", label="Tasks", default=8, most=12),
    Bounds(name="slots", label="Slots", default=4, most=8),
    Bounds(name="cores", label="Cores", default=2, most=8),
)


def cases(fields: Mapping[str, str]) -> tuple[Case, ...]:
    """Return one case per model, from fields as text; a missing field has its default. Raises InvalidRequest."""
    read = {one.name: one.read(fields.get(one.name, str(one.default)).strip()) for one in NUMBERS}
    wanted = fields.get("work", Work.COMPUTING)
    problems = [one for one in read.values() if isinstance(one, Problem)]
    if wanted not in list(Work):
        problems.append(Problem("work", wanted, f"must be one of {', '.join(Work)}"))
    if problems:
        raise InvalidRequest(problems)
    numbers = {name: value for name, value in read.items() if isinstance(value, int)}
    return tuple(Case(model=model, work=Work(wanted), **numbers) for model in SHOWN)
