"""Ids of experiments as users type them: whole, the beginning of one, or `last`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.core.errors import InvalidRequest, NotFound, Problem
from services.core.suggestions import did_you_mean
from services.lab.door import Lab

#: The newest experiment.
LAST: Final = "last"
#: Number of experiments whose ids are compared with a typed one.
COMPARED: Final = 1000
#: Fewest letters that stand for an id: one letter begins too many.
SHORTEST: Final = 3
#: Ids are twelve random letters: one typing error, or two that are missing.
LIKENESS: Final = 0.8


def resolved(lab: Lab, typed: str) -> str:
    """Return the id that `typed` means; `typed` itself if it begins none, since its experiment may be deleted.

    Raises NotFound for `last` in an empty lab, InvalidRequest for the beginning of several ids.
    """
    if typed == LAST:
        newest = lab.experiments(1).lines
        if not newest:
            raise NotFound("there is no experiment yet: run one with `lab run primes`")
        return newest[0].record.experiment.id
    matching = [id for id in _known(lab) if id.startswith(typed)] if len(typed) >= SHORTEST else []
    if typed in matching or len(matching) != 1:
        if typed not in matching and matching:
            raise InvalidRequest([Problem("ID", typed, f"is the beginning of several ids: {', '.join(matching)}")])
        return typed
    return matching[0]


@contextmanager
def suggesting(lab: Lab, id: str) -> Iterator[None]:
    """Add the nearest id of an experiment to a NotFound that is raised inside."""
    try:
        yield
    except NotFound as error:
        raise NotFound(f"{error}{did_you_mean(id, _known(lab), likeness=LIKENESS)}") from error


def _known(lab: Lab) -> list[str]:
    return [line.record.experiment.id for line in lab.experiments(COMPARED).lines]
