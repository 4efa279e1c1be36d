"""The name that a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(text: object, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """Return the name of `known` that is most like `text`; empty when none has this `likeness` (difflib's ratio)."""
    return next(iter(get_close_matches(str(text).lower(), list(known), n=1, cutoff=likeness)), "")


def did_you_mean(text: object, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """Return `. Did you mean 'primes'?` for the end of a message; empty when no name is near."""
    name = nearest(text, known, likeness=likeness)
    return f". Did you mean {name!r}?" if name else ""
