"""Text from outside, made safe for a log line or a terminal."""

from __future__ import annotations

#: Longer text is cut.
LONGEST = 200


def plain(value: object, longest: int = LONGEST) -> str:
    """Return `value` as one line of printable characters: others (newline, ESC, bidirectional marks) become escapes."""
    text = str(value)
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode()
        for letter in text[:longest]
    )
    return shown if len(text) <= longest else f"{shown}…"
