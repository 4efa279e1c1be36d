"""A tree of questions, and the path that answers make through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.core.errors import NotFound
from services.core.models import Model
from services.core.units import Value

#: Longest step of an address that is repeated in a message.
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The experiment that tests a leaf on one workload."""

    #: The workload that is offered first, and its parameters that are not at their defaults.
    workload: str
    params: dict[str, Value]
    #: Models that the leaf recommends and models that it does not, measured in the same way.
    models: tuple[Model, ...]
    concurrency: tuple[int, ...]
    #: Models of which one should be fastest; empty where the leaf names none that the lab has.
    expects: frozenset[Model]
    #: Text on what the figures can show about this leaf.
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """A benefit, or a point to consider."""

    text: str
    #: Name of the claim that tests it; empty: no claim does.
    claim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Where a path ends."""

    name: str
    title: str
    summary: str
    benefits: tuple[Bullet, ...]
    considerations: tuple[Bullet, ...]
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question whose answer decides how the path continues."""

    #: A few words, as in a flowchart.
    title: str
    asks: str
    help: str
    branches: tuple[Branch, ...]
    #: Possible mistakes in the answer, when a measurement contradicts the path.
    doubt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An answer, and where it leads."""

    #: The step in an address, and the answer as it is shown.
    step: str
    to: Node


Node: TypeAlias = Question | Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A question with the answer it got."""

    question: Question
    branch: Branch
    #: The steps before it.
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The answers so far and what they led to."""

    taken: tuple[Taken, ...]
    at: Node

    @property
    def steps(self) -> tuple[str, ...]:
        """The path as an address has it."""
        return tuple(one.branch.step for one in self.taken)

    @property
    def leaf(self) -> Leaf | None:
        """Where it ends, if it does."""
        return self.at if isinstance(self.at, Leaf) else None


def walk(tree: Node, steps: Sequence[str]) -> Path:
    """Return the path of these answers. Raises NotFound for an answer that the question does not have."""
    at, taken = tree, list[Taken]()
    for place, step in enumerate(steps):
        before = tuple(steps[:place])
        if isinstance(at, Leaf):
            raise NotFound(f"the path ends at {at.title.lower()} (/{'/'.join(before)}): no step follows it")
        branch = next((one for one in at.branches if one.step == step), None)
        if branch is None:
            allowed = " or ".join(one.step for one in at.branches)
            shown = step if len(step) <= _LONGEST else f"{step[:_LONGEST]}…"
            raise NotFound(f"“{at.asks}” is answered with {allowed} (got {shown!r})")
        taken.append(Taken(question=at, branch=branch, before=before))
        at = branch.to
    return Path(taken=tuple(taken), at=at)


def ends(tree: Node, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """Yield every path to a leaf, in the order of the branches."""
    if isinstance(tree, Leaf):
        yield before, tree
        return
    for branch in tree.branches:
        yield from ends(branch.to, (*before, branch.step))
