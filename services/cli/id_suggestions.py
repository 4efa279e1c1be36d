"""Ids of experiments on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.core.errors import NotFound
from services.core.near import did_you_mean
from services.lab.door import Lab

#: Number of experiments whose ids are compared with an unknown one.
COMPARED: Final = 1000
#: Ids are eight random letters: one typing error, or two that are missing.
LIKENESS: Final = 0.8


@contextmanager
def suggesting(lab: Lab, id: str) -> Iterator[None]:
    """Add the nearest id of an experiment to a NotFound that is raised inside."""
    try:
        yield
    except NotFound as error:
        known = [line.record.experiment.id for line in lab.experiments(COMPARED).lines]
        raise NotFound(f"{error}{did_you_mean(id, known, likeness=LIKENESS)}") from error
