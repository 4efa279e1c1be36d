"""Variables in a file, one `NAME=value` per line: what a user's application gets besides the environment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from services.core.errors import InvalidRequest, Problem

_LINE: Final = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*)")


def variables(lines: Iterable[str]) -> dict[str, str]:
    """Return the variables; empty lines and comments are skipped, quotes around a value are removed.

    Nothing is expanded. Raises InvalidRequest with the number of a wrong line, and without its content.
    """
    found = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None or match["name"].startswith("LAB_"):
            allowed = "must have the form NAME=value, and NAME must not begin with LAB_"
            raise InvalidRequest([Problem("--env-file", f"line {number}", allowed)])
        found[match["name"]] = _unquoted(match["value"].strip())
    return found


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
