"""Text that a user typed as a value: the same in a form and on the command line."""

from __future__ import annotations

import math
import re
from typing import Final

from services.core.units import Value

#: Numbers as JSON writes them, with a plus sign or a bare point besides: `1_0`, `٣` and `nan` are texts. Nothing that
#: is counted has as many digits.
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,300}")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def value(text: str) -> Value:
    """Return a whole number if it reads as one, else a number, else the text itself; does not check what is allowed."""
    plain = text.strip()
    if _WHOLE.fullmatch(plain):
        return int(plain)
    if _NUMBER.fullmatch(plain) and math.isfinite(number := float(plain)):
        return number
    return text
