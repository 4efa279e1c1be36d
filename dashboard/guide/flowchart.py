"""The decision guide as one flowchart: every question, every end, and below each end its two lists.

Pure layout: rows from the first question down to the considerations, ends side by side. The path that was taken is
marked, and every node leads to its place in the guide.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from dashboard.guide.decisions import Bullet, Leaf, Path, Question, ends
from dashboard.guide.decisions import Node as Step
from dashboard.guide.diagram import DiagramEdge, DiagramNode, Text, line

#: Columns of the questions, by title, so that no line crosses a node; ends have whole numbers, as the branches go.
COLUMNS: Final[Mapping[str, float]] = {
    "Parallelise?": 2.0,
    "CPU-intensive?": 2.0,
    "Independent chunks?": 0.5,
    "I/O-bound?": 3.0,
    "Share data often?": 2.5,
    "How many I/O operations?": 3.0,
}
#: Width of a column and of the nodes in it, of a line's free space below a node, and of a border.
COLUMN: Final = 224.0
WIDTH: Final = 208.0
ROW_GAP: Final = 40.0
TURN: Final = 17.0
BORDER: Final = 2.0
LINE: Final = 15.0
PADDING: Final = 9.0
#: Letters per line.
CENTRED, LISTED = 30, 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Flowchart:
    """Everything a template needs to draw, and nothing to compute."""

    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    width: float
    height: float


def flowchart(tree: Question, path: Path) -> Flowchart:
    """Return the drawing of the whole guide; `path` is what the reader has answered."""
    questions = list(_questions(tree, ()))
    reached: dict[str, tuple[str, ...]] = {}
    leaves: dict[str, Leaf] = {}
    for steps, leaf in ends(tree):
        reached.setdefault(leaf.name, steps)
        leaves[leaf.name] = leaf
    if path.leaf:
        reached[path.leaf.name] = path.steps
    depth = max(len(steps) for steps, _ in questions) + 1
    places = {one.name: place for place, one in enumerate(leaves.values())}
    taken = {one.question.title for one in path.taken} | ({path.at.title} if isinstance(path.at, Question) else set())
    boxes: list[tuple[int, DiagramNode]] = [
        (len(steps), _centred(one.title, "question", COLUMNS[one.title], one.asks, steps, taken=one.title in taken))
        for steps, one in questions
    ]
    for leaf in leaves.values():
        mine = replace(
            _centred(leaf.title, "end", places[leaf.name], leaf.title, reached[leaf.name], taken=leaf == path.leaf),
            name=leaf.name,
        )
        boxes.append((depth, mine))
        for row, (title, bullets) in enumerate(_lists(leaf), start=depth + 1):
            boxes.append((row, _listed(f"{title} of {leaf.name}", title, mine, bullets)))
    nodes = {node.name: node for node in _in_rows(boxes)}
    edges = [
        _edge(nodes[one.title], nodes[_name(branch.to)], branch.step, taken=(one.title, branch.step) in _answers(path))
        for _, one in questions
        for branch in one.branches
    ]
    for leaf in leaves.values():
        chain = [nodes[leaf.name], *(nodes[f"{title} of {leaf.name}"] for title, _ in _lists(leaf))]
        edges += [_edge(one, other, "", taken=leaf == path.leaf) for one, other in pairwise(chain)]
    return Flowchart(
        nodes=tuple(nodes.values()),
        # What was taken is drawn over what was not.
        edges=tuple(sorted(edges, key=lambda one: one.taken)),
        width=len(leaves) * COLUMN,
        height=max(node.bottom[1] for node in nodes.values()) + BORDER,
    )


def _questions(at: Step, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Question]]:
    """Yield every question with the steps that lead to it."""
    if isinstance(at, Question):
        yield before, at
        for branch in at.branches:
            yield from _questions(branch.to, (*before, branch.step))


def _lists(leaf: Leaf) -> tuple[tuple[str, Sequence[Bullet]], ...]:
    return ("Benefits", leaf.benefits), ("Considerations", leaf.considerations)


def _answers(path: Path) -> set[tuple[str, str]]:
    return {(one.question.title, one.branch.step) for one in path.taken}


def _name(step: Step) -> str:
    return step.title if isinstance(step, Question) else step.name


def _centred(name: str, kind: str, column: float, text: str, steps: Sequence[str], *, taken: bool) -> DiagramNode:
    lines = textwrap.wrap(text, CENTRED)
    return DiagramNode(
        name=name,
        kind=kind,
        x=round(column * COLUMN + (COLUMN - WIDTH) / 2, 1),
        y=0.0,
        width=WIDTH,
        height=2 * PADDING + LINE * len(lines),
        lines=tuple(Text(x=round((column + 0.5) * COLUMN, 1), y=0.0, text=one) for one in lines),
        address="/".join(("/decide", *steps)),
        taken=taken,
    )


def _listed(name: str, title: str, above: DiagramNode, bullets: Sequence[Bullet]) -> DiagramNode:
    """Return a list of bullets, as wide as the end above it and leading to the same place."""
    lines = [title]
    for bullet in bullets:
        lines += textwrap.wrap(bullet.text, LISTED, initial_indent="• ", subsequent_indent="\u2003")
    return replace(
        above,
        name=name,
        kind=title.lower(),
        height=2 * PADDING + LINE * len(lines),
        lines=tuple(Text(x=above.x + PADDING, y=0.0, text=one) for one in lines),
        address=f"{above.address}#leaf",
    )


def _in_rows(boxes: Sequence[tuple[int, DiagramNode]]) -> Iterator[DiagramNode]:
    """Yield the nodes moved down to their rows; a row is as high as its highest node."""
    top = BORDER
    for row in sorted({row for row, _ in boxes}):
        nodes = [node for place, node in boxes if place == row]
        for node in nodes:
            first = top + PADDING + LINE * 0.8
            moved = (replace(one, y=round(first + LINE * place, 1)) for place, one in enumerate(node.lines))
            yield replace(node, y=top, lines=tuple(moved))
        top += max(node.height for node in nodes) + ROW_GAP


def _edge(tail: DiagramNode, head: DiagramNode, step: str, *, taken: bool) -> DiagramEdge:
    """Return a line that leaves below, turns at once if it must, and arrives from above; its label is the answer."""
    (start, y), (end, arrival) = tail.bottom, head.top
    turn = y + TURN
    points = [(start, y), (end, arrival)]
    label = Text(x=start + 17, y=turn, text=step)
    if start != end:
        points[1:1] = [(start, turn), (end, turn)]
        label = Text(x=round(end + (30 if end < start else -30), 1), y=turn - 4, text=step)
    return replace(line(tail, head, points), label=label if step else None, taken=taken)
