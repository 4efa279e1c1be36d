"""Keeps what was made from data for as long as the data is the same object."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

#: Entries of a cache: as many as are open in browsers at once.
MOST: Final = 32

Made = TypeVar("Made")


class Cache(Generic[Made]):
    """Makes a thing once per key and basis. Reports of the same stored data share their parts, so identity is enough.

    Several threads may use it; two that ask for the same thing at once make it once.
    """

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, tuple[tuple[object, ...], Made]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, basis: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Return what `make` made for this key from these very objects; call it if they are others than before."""
        with self._lock:
            known = self._made.get(key)
            if known is None or any(old is not new for old, new in zip(known[0], basis, strict=True)):
                known = self._made[key] = (basis, make())
            self._made.move_to_end(key)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
            return known[1]
