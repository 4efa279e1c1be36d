"""The embedded server that keeps what it is given: the ledger of a machine that has no Redis, in the user's folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from services.core.damage import Damage, Fault
from services.core.errors import CannotStart
from services.core.units import Seconds
from services.process.child import Child
from services.store import appendonly
from services.store.connection import connect
from services.store.damages import Damages
from services.store.folder import Folder
from services.store.repair import list_is_lost, repair
from services.store.server import EmbeddedServer

#: A file in the folder since the first server answered there: from then on an empty folder is a loss.
USED = "used"


class DurableServer(EmbeddedServer):
    """An embedded server with an append-only file in a folder that one lab at a time has open.

    Every write it has answered is in the file, and on the disk a second later. Damaged files are repaired before a
    start; the damage is in the store then (`Damages`).
    """

    def __init__(self, folder: Path, *, name: str = "ledger", log: Path | None = None) -> None:
        super().__init__(folder, name=name, log=log)
        self._folder = Folder(folder)

    def stop(self, *, patience: Seconds = 5.0) -> None:
        """End it, by force after `patience`, and let others open the folder. It syncs its file first."""
        super().stop(patience=patience)
        self._folder.close()

    def _prepare(self) -> None:
        """Lock the folder. Raises CannotStart when another process has it."""
        self._folder.open()

    def _inherits(self) -> tuple[int, ...]:
        """Return the lock: while the server runs no other opens its folder, even if it outlives this one."""
        return (self._folder.lock,)

    def _persistence(self) -> Sequence[str]:
        return (
            "appendonly yes",
            "appendfsync everysec",
            # Cut here instead, where it is reported: Valkey cuts the file and writes a line to its log.
            "aof-load-truncated no",
        )

    def _run(self, child: Child, patience: Seconds) -> None:
        damages = self._repaired_start(child, patience)
        with connect(self.url) as client:
            for damage in damages:
                Damages(client).add(damage)
        (self.path / USED).touch(mode=0o600)

    def _repaired_start(self, child: Child, patience: Seconds) -> tuple[Damage, ...]:
        """Start it, once more where its files could be repaired; return what was damaged."""
        if list_is_lost(self.path):
            damages = self._repair()
        elif (self.path / USED).exists() and not appendonly.names(self.path / appendonly.FOLDER):
            damages = (Damage(found_at=time.time(), fault=Fault.EMPTY, file=str(self.path), lost=0, kept=""),)
        else:
            damages = ()
        try:
            super()._run(child, patience)
        except CannotStart:
            if child.ending() is None or not (repaired := self._repair()):
                raise
            super()._run(child, patience)
            damages += repaired
        return damages

    def _repair(self) -> tuple[Damage, ...]:
        try:
            return repair(self.path, now=time.time())
        except OSError as error:
            raise CannotStart(f"the store in {self.path} is damaged and cannot be repaired: {error}") from error
