"""Makes damaged files of the embedded store loadable: what is whole stays, what is not is set aside, never deleted."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from services.core.damage import Damage, Fault
from services.core.units import Bytes, Timestamp
from services.store import appendonly


def list_is_lost(folder: Path) -> bool:
    """Return whether the store in `folder` has files that no manifest lists: Valkey would silently start empty."""
    place = folder / appendonly.FOLDER
    return bool(appendonly.names(place)) and not (place / appendonly.MANIFEST).exists()


def repair(folder: Path, *, now: Timestamp) -> tuple[Damage, ...]:
    """Repair the files of the store in `folder`, whose server does not run; return what was damaged, () if nothing.

    Files that are changed are kept as they were in a folder of their own beside them. Raises OSError.
    """
    return _Repair(folder, now).done()


class _Repair:
    def __init__(self, folder: Path, now: Timestamp) -> None:
        self._place = folder / appendonly.FOLDER
        self._aside = folder / time.strftime("damaged-%Y-%m-%d-%H%M%S", time.gmtime(now))
        self._now = now
        self._damages: list[Damage] = []

    def done(self) -> tuple[Damage, ...]:
        loaded = [name for name in self._order() if self._loadable(name)]
        if self._damages:
            self._write_manifest(loaded)
        return tuple(self._damages)

    def _order(self) -> tuple[str, ...]:
        """Return the files to load, in order; those that are missing, and a missing list, are noted."""
        there = appendonly.names(self._place)
        listed = appendonly.listed(self._place)
        if listed is not None:
            for name in set(listed).difference(there):
                self._note(Fault.MISSING, name)
            return tuple(name for name in listed if name in there)
        order = appendonly.in_order(there)
        left = [name for name in (appendonly.MANIFEST, *there) if name not in order and (self._place / name).exists()]
        for name in left:
            self._move_aside(name)
        if there or left:
            self._note(Fault.UNLISTED, appendonly.MANIFEST, kept=bool(left))
        return order

    def _loadable(self, name: str) -> bool:
        """Return whether any of a file can be loaded; the rest is cut off or set aside, and noted."""
        file = self._place / name
        size, whole = file.stat().st_size, appendonly.whole(file)
        if file.suffix == ".rdb":
            if size and whole == size:
                return True
            self._move_aside(name)
            self._note(Fault.UNREADABLE, name, lost=size, kept=True)
            return False
        if whole < size:
            self._aside.mkdir(mode=0o700, exist_ok=True)
            shutil.copy2(file, self._aside / name)
            with file.open("r+b") as opened:
                opened.truncate(whole)
            self._note(Fault.CUT, name, lost=size - whole, kept=True)
        return True

    def _move_aside(self, name: str) -> None:
        self._aside.mkdir(mode=0o700, exist_ok=True)
        (self._place / name).replace(self._aside / name)

    def _note(self, fault: Fault, name: str, *, lost: Bytes = 0, kept: bool = False) -> None:
        where = str(self._aside) if kept else ""
        self._damages.append(Damage(found_at=self._now, fault=fault, file=name, lost=lost, kept=where))

    def _write_manifest(self, loaded: Iterable[str]) -> None:
        """Valkey takes an empty list for a damaged one: then there is none."""
        file = self._place / appendonly.MANIFEST
        if text := appendonly.manifest(loaded):
            new = file.with_suffix(".new")
            new.write_text(text, encoding="utf-8")
            new.replace(file)
        else:
            file.unlink(missing_ok=True)
