"""The tasks that were registered on this machine: one file each, readable by their owner alone."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from services.core.codec import Unreadable, from_json, to_json
from services.core.errors import CannotStart, NotFound
from services.core.task_reference import Registration

ENDING: Final = ".json"


class Registrations:
    """The registrations in a folder, which is made when the first is saved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Iterator[str]:
        """Yield the name of every registration, in order."""
        if self._folder.is_dir():
            yield from sorted(unquote(path.name.removesuffix(ENDING)) for path in self._folder.glob(f"*{ENDING}"))

    def get(self, name: str) -> Registration:
        """Return a registration. Raises NotFound; Unreadable for a file that is damaged or cannot be read."""
        try:
            text = self._path(name).read_text(encoding="utf-8")
        except OSError as error:
            # No file can have a name as long as that.
            if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
                raise NotFound(f"no task {name!r} is registered on this machine") from error
            raise Unreadable(f"the registration of {name!r} cannot be read: {error.strerror}") from error
        return from_json(Registration, text)

    def save(self, registration: Registration) -> None:
        """Store a registration; one of the same name is replaced at once. Raises CannotStart."""
        try:
            # The lab's data folder, too, is closed to other users from the beginning.
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            # mkstemp makes a file that its owner alone can read.
            file, path = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(file, "w", encoding="utf-8") as written:
                    written.write(to_json(registration))
                Path(path).replace(self._path(registration.name))
            finally:
                Path(path).unlink(missing_ok=True)
        except OSError as error:
            raise CannotStart(f"the task cannot be registered in {self._folder}: {error.strerror}") from error

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='', errors='surrogatepass')}{ENDING}"
