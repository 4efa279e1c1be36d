"""Parts of a diagram: boxes with text, and lines with arrows between them. Pure layout; a template draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of a node, centred at (x, y)."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramNode:
    """A box with text, from its upper left corner."""

    name: str
    #: Its look.
    kind: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Text, ...]
    #: Where it leads; empty: nowhere.
    address: str = ""
    #: Whether it is on the path that was taken.
    taken: bool = False
    #: When its slot or task computes, and when it waits: `0-5 10-15`, in ms of the moving picture.
    computing: str = ""
    waiting: str = ""

    @property
    def top(self) -> Point:
        """Middle of the upper side."""
        return self.x + self.width / 2, self.y

    @property
    def bottom(self) -> Point:
        """Middle of the lower side."""
        return self.x + self.width / 2, self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramEdge:
    """A line with an arrow at its end; dashed where data is shared or sent."""

    #: Names of its nodes.
    tail: str
    head: str
    #: `x,y x,y …`, as SVG has it.
    points: str
    dashed: bool = False
    #: Text beside the line.
    label: Text | None = None
    #: Whether it is on the path that was taken.
    taken: bool = False


def line(tail: DiagramNode, head: DiagramNode, points: Sequence[Point], *, dashed: bool = False) -> DiagramEdge:
    """Return an edge through these points."""
    return DiagramEdge(
        tail=tail.name,
        head=head.name,
        dashed=dashed,
        points=" ".join(f"{round(x, 1):g},{round(y, 1):g}" for x, y in points),
    )
