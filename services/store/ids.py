"""The form of an experiment's id: ids in requests come from outside."""

from __future__ import annotations


def is_id(text: str) -> bool:
    """Return whether an experiment can have this id: with a colon it would be another of an experiment's keys."""
    return ":" not in text and text.isascii()
