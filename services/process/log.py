"""The end of a log that a child process writes."""

from __future__ import annotations

import os
from typing import Final

#: Bytes at the end of a log in which its last lines are looked for.
LOG_END: Final = 1 << 14


def tail(file: int) -> str:
    """Return the last LOG_END bytes of an open file as text, undecodable bytes replaced.

    It does not seek: a child that still writes may share the file's position.
    """
    end = os.fstat(file).st_size
    return os.pread(file, LOG_END, max(0, end - LOG_END)).decode(errors="replace")
