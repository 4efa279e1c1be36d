"""Which lines of a stack are the user's own: the place that a message names."""

from __future__ import annotations

import os
import sys
import traceback
from types import FrameType, TracebackType

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - Path is slower to read here


def is_users(file: str) -> bool:
    """Return whether a file is neither the bundle's nor installed."""
    return not file.startswith((_HERE, sys.base_prefix, "<")) and "site-packages" not in file


def place_of_stack(frame: FrameType | None) -> str:
    """Return the innermost line of the user's own that leads to `frame`, as `shop/tasks.py:12`; empty if none does."""
    while frame is not None and not is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return "" if frame is None else f"{os.path.relpath(frame.f_code.co_filename)}:{frame.f_lineno}"


def place_of_error(trace: TracebackType | None) -> str:
    """Return the last line of the user's own that an error passed; empty if it passed none."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(trace) if is_users(frame.filename)]
    return f"{os.path.relpath(places[-1][0])}:{places[-1][1]}" if places else ""
