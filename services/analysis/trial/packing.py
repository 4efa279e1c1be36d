"""A span table's rows as text, to be carried and kept.

Little-endian: a version byte and the number of rows; then for each column its first value, the bytes per difference
and the compressed length, followed by the differences of neighbouring rows. They are small where the values are
large, wrap around like int64 (so every table survives), and are stored in the narrowest type that holds all of them,
the lowest bytes of all rows first: high bytes are nearly all alike, and zlib finds them side by side.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from concurrency_lab_inside.stamps import COLUMNS
from services.core.codec import Unreadable

VERSION: Final = 4
_TABLE: Final = struct.Struct("<BQ")
_COLUMN: Final = struct.Struct("<qBI")
_WIDTHS: Final[Mapping[int, np.dtype[np.signedinteger]]] = {width: np.dtype(f"<i{width}") for width in (1, 2, 4, 8)}
#: zlib cannot make less than 1/1032 of anything: a row count beyond that is false, and would cost memory.
_MOST_COMPRESSED: Final = 1032


def pack(rows: NDArray[np.int64]) -> str:
    """Return rows x COLUMNS as ASCII text."""
    return base64.b64encode(b"".join(_packed(rows))).decode()


def unpack(text: str) -> NDArray[np.int64]:
    """Return the rows that `pack` wrote; each column is contiguous. Raises Unreadable."""
    try:
        return _unpacked(memoryview(base64.b64decode(text, validate=True)))
    except (ValueError, struct.error, zlib.error) as error:
        raise Unreadable(f"not a packed span table: {error}") from error


def _packed(rows: NDArray[np.int64]) -> Iterator[bytes]:
    yield _TABLE.pack(VERSION, len(rows))
    for column in rows.T if len(rows) else ():
        steps = np.diff(column)
        low, high = (int(steps.min()), int(steps.max())) if len(steps) else (0, 0)
        width = next(width for width, kind in _WIDTHS.items() if _holds(kind, low, high))
        planes = np.ascontiguousarray(steps.astype(_WIDTHS[width]).view(np.uint8).reshape(-1, width).T)
        body = zlib.compress(planes.data, level=1)
        yield _COLUMN.pack(int(column[0]), width, len(body))
        yield body


def _unpacked(data: memoryview) -> NDArray[np.int64]:
    version, count = _TABLE.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"version {version} where {VERSION} is known")
    if count > len(data) * _MOST_COMPRESSED:
        raise ValueError(f"{count} rows cannot come out of {len(data)} bytes")
    place = _TABLE.size
    columns = np.empty((COLUMNS, count), dtype=np.int64)
    for column in columns if count else ():
        first, width, length = _COLUMN.unpack_from(data, place)
        place += _COLUMN.size
        column[0] = first
        column[1:] = _steps(data[place : place + length], width, count - 1)
        np.cumsum(column, out=column)
        place += length
    if place != len(data):
        raise ValueError(f"{len(data)} bytes where {place} were expected")
    return columns.T


def _steps(body: memoryview, width: int, count: int) -> NDArray[np.signedinteger]:
    """Return `count` differences. Never unpack more than they take, however large `body` is."""
    if width not in _WIDTHS:
        raise ValueError(f"differences of {width} bytes")
    stream = zlib.decompressobj()
    planes = stream.decompress(body, count * width + 1)
    if len(planes) != count * width or not stream.eof:
        raise ValueError(f"a column is not {count} differences of {width} bytes")
    steps = np.frombuffer(planes, dtype=np.uint8).reshape(width, count).T.copy()
    return steps.view(_WIDTHS[width]).reshape(count)


def _holds(kind: np.dtype[np.signedinteger], low: int, high: int) -> bool:
    limits = np.iinfo(kind)
    return bool(limits.min <= low and high <= limits.max)
