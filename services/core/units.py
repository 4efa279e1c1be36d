"""Units, spelled in types. All durations inside the lab are seconds; stamps are CLOCK_MONOTONIC nanoseconds."""

from __future__ import annotations

import json
import re
from typing import Final, TypeAlias

Seconds: TypeAlias = float
Bytes: TypeAlias = int
#: Tasks per second.
Rate: TypeAlias = float
#: Seconds since the Unix epoch.
Timestamp: TypeAlias = float
Value: TypeAlias = int | float | str

NANOSECOND: Seconds = 1e-9

#: Texts that need no quotes among other words, and cannot be taken for a number.
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.+-]*")


def exact(value: Value) -> str:
    """Return the shortest text that only this value has: `20`, `0.1`, `123.4561`, `fast`, `"two words"`.

    For names: two values that differ in the 15th digit have two names.
    """
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return repr(value).removesuffix(".0")
