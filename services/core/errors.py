"""The one tree of errors. HTTP status and exit code are given to them in one place each (dashboard, cli)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.core.suggestions import nearest


class LabError(Exception):
    """Anything the lab refuses or cannot do, in words for a user."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: the field, the value it had, and what is allowed."""

    field: str
    value: object
    allowed: str
    #: The allowed value or the known field that is most like the given one; empty when none is near.
    nearest: str = ""

    @classmethod
    def unknown(cls, field: str, value: object, names: Iterable[str]) -> Problem:
        """Return the problem of a value that must be one of `names`."""
        known = tuple(names)
        return cls(field, value, f"must be one of {', '.join(known)}", nearest(value, known))

    def __str__(self) -> str:
        meant = f". Did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{_cut(self.field)}: {self.allowed} (got {_cut(repr(self.value))}){meant}"


class MalformedRequest(LabError):
    """The request could not even be read: no JSON, no object."""


class InvalidRequest(LabError):
    """The request was read and is not allowed; every problem is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class NotFound(LabError):
    """No such experiment, workload or node."""


class Conflict(LabError):
    """The request does not fit the state of what it asks for."""


class Unreachable(LabError):
    """A part of the lab does not answer."""


class StoreUnreachable(Unreachable):
    """Redis does not answer."""


class NodeUnreachable(Unreachable):
    """No node, or not enough of them, or one stopped answering."""


class TrialFailed(LabError):
    """A trial could not be measured; the experiment continues without it."""

    def __init__(self, reason: str, *, lost: int = 0) -> None:
        #: Tasks that were published and are lost.
        self.lost = lost
        super().__init__(reason)


class BrokerUnreachable(Unreachable, TrialFailed):
    """The broker under test does not answer, or was started again: its trial fails with this reason."""


class Cancelled(LabError):
    """A user cancelled the experiment."""


class Interrupted(LabError):
    """This process got a signal to end; the next one takes its work up again."""


class CannotStart(LabError):
    """A process of the lab could not be started."""


def _cut(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
