"""Valkey's files on disk: their names, their list, and how far each of them is whole.

Formats: `src/aof.c` and `src/rdb.c` of Valkey 9. A snapshot ends with a CRC-64 (Jones, reflected) of all before it.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

FOLDER: Final = "appendonlydir"
MANIFEST: Final = "appendonly.aof.manifest"

_NAME: Final = re.compile(r"appendonly\.aof\.([0-9]+)\.(?:(base)\.(?:rdb|aof)|incr\.aof)")
_LISTED: Final = re.compile(r'file "?([\w.-]+)"? seq [0-9]+ type ([bih])(?: startoffset [0-9]+)?(?: endoffset [0-9]+)?')
_MAGIC: Final = re.compile(rb"REDIS[0-9]{4}|VALKEY[0-9]{3}")
_END_OF_SNAPSHOT: Final = 0xFF
_CHECKSUM: Final = 8
#: Most bytes of a line with a number.
_LONGEST_LINE: Final = 24


def names(folder: Path) -> tuple[str, ...]:
    """Return the names of the store's files in `folder`, listed or not."""
    return tuple(sorted(one.name for one in folder.iterdir() if _NAME.fullmatch(one.name))) if folder.is_dir() else ()


def listed(folder: Path) -> tuple[str, ...] | None:
    """Return the names in the manifest, in the order they are loaded; None where it is missing or unreadable."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    matches = [_LISTED.fullmatch(line) for line in lines if not line.startswith("#")]
    found = [match.groups() for match in matches if match is not None]
    if not found or len(found) < len(matches):
        return None
    return tuple(name for name, kind in found if kind != "h")


def in_order(found: Iterable[str]) -> tuple[str, ...]:
    """Return the files that belong together, in the order they are loaded, without a manifest.

    Beside one snapshot, or none, all increments follow. Of several snapshots the last one counts, and the increment
    that was begun with it, the last one too: what came before is in the snapshot.
    """
    bases, increments = list[tuple[int, str]](), list[tuple[int, str]]()
    for name in found:
        if match := _NAME.fullmatch(name):
            (bases if match[2] else increments).append((int(match[1]), name))
    kept = sorted(increments) if len(bases) < 2 else sorted(increments)[-1:]
    return tuple(name for _, name in (*sorted(bases)[-1:], *kept))


def manifest(order: Iterable[str]) -> str:
    """Return the text of a manifest that lists these files."""
    lines = []
    for name in order:
        match = _NAME.fullmatch(name)
        assert match is not None, name
        lines.append(f"file {name} seq {match[1]} type {'b' if match[2] else 'i'}\n")
    return "".join(lines)


def whole(file: Path) -> int:
    """Return how many bytes from the start of a file can be loaded: of a snapshot all or none."""
    size = file.stat().st_size
    if size == 0:
        return 0
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if file.suffix == ".rdb":
            return size if _whole_snapshot(data) else 0
        return _whole_commands(data)


def _whole_snapshot(data: mmap.mmap) -> bool:
    end = len(data) - _CHECKSUM
    if end < 1 or not _MAGIC.match(data) or data[end - 1] != _END_OF_SNAPSHOT:
        return False
    checksum = int.from_bytes(data[end:], "little")
    # 0: it was written without.
    return checksum in (0, _crc64(data[:end]))


def _crc64(data: bytes) -> int:
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x95AC9329AC4BC9B5 if number & 1 else 0)  # noqa: PLW2901 - shifted bit by bit
        table.append(number)
    checksum = 0
    for byte in data:
        checksum = checksum >> 8 ^ table[(checksum ^ byte) & 0xFF]
    return checksum


def _whole_commands(data: mmap.mmap) -> int:
    """Return the end of the last whole command; a transaction counts whole or not at all."""
    end, at, transaction = 0, 0, False
    while (command := _command(data, at)) is not None:
        name, at = command
        if name in (b"MULTI", b"EXEC"):
            transaction = name == b"MULTI"
        if not transaction:
            end = at
    return end


def _command(data: mmap.mmap, at: int) -> tuple[bytes, int] | None:
    """Return the name of the command at `at`, and where the next one begins; None where there is no whole command."""
    if data[at : at + 1] == b"#":  # an annotation: the time
        line = data.find(b"\n", at)
        return None if line < 0 else (b"#", line + 1)
    parts = _number(data, at, b"*")
    if parts is None or parts[0] < 1:
        return None
    count, at = parts
    name = b""
    for part in range(count):
        length = _number(data, at, b"$")
        if length is None:
            return None
        at = length[1] + length[0] + 2
        if at > len(data) or data[at - 2 : at] != b"\r\n":
            return None
        if part == 0:
            name = data[length[1] : at - 2].upper()
    return name, at


def _number(data: mmap.mmap, at: int, sign: bytes) -> tuple[int, int] | None:
    """Return the number in the line at `at` that begins with `sign`, and where the next line begins."""
    line = data.find(b"\r\n", at, at + _LONGEST_LINE)
    digits = data[at + 1 : line]
    if line < 0 or data[at : at + 1] != sign or not digits.isdigit():
        return None
    return int(digits), line + 2
