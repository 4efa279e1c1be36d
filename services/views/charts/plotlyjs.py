"""The plotly.js that comes with the plotly package: its name, its text and its compressed text."""

from __future__ import annotations

import gzip
from functools import lru_cache

from plotly.offline import get_plotlyjs, get_plotlyjs_version


@lru_cache(maxsize=1)
def name() -> str:
    """File name with the version in it, so that it can be cached for ever."""
    return f"plotly-{get_plotlyjs_version()}.min.js"


def plain() -> bytes:
    """Return the whole script, 5 MB."""
    return str(get_plotlyjs()).encode()


@lru_cache(maxsize=1)
def gzipped() -> bytes:
    """Return the script in a third of its size; a quarter of a second once per process."""
    return gzip.compress(plain(), compresslevel=6, mtime=0)
