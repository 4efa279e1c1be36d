"""A data folder that one lab at a time has open."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from pathlib import Path

from services.core.errors import CannotStart
from services.core.units import Seconds

LOCK = "lock"


class Folder:
    """The folder at `path`; created when it is opened, and closed to all users but its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: The mode that it had when it was opened, if others could enter it then; None if they could not.
        self.was_open: int | None = None
        self._lock: int | None = None

    @property
    def lock(self) -> int:
        """The open lock file: the folder stays locked as long as any process that inherited it lives."""
        assert self._lock is not None, "not open"
        return self._lock

    def open(self, *, patience: Seconds = 3.0) -> None:
        """Lock it for this process, and take other users' permissions away: they could replace what it trusts.

        Raises CannotStart when another process has it open for longer than `patience`, or another user owns it.
        """
        if self._lock is not None:
            return
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._close_to_others()
            lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CannotStart(f"the data folder {self.path} cannot be used: {error.strerror}") from error
        deadline = time.monotonic() + patience
        while not _locked(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                holder = _pid(lock)
                os.close(lock)
                raise CannotStart(f"the data folder {self.path} is in use by process {holder}")
            time.sleep(0.02)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock

    def _close_to_others(self) -> None:
        found = self.path.stat()
        if os.geteuid() not in (0, found.st_uid):
            raise CannotStart(f"the data folder {self.path} belongs to another user (uid {found.st_uid})")
        mode = stat.S_IMODE(found.st_mode)
        if mode & 0o077:
            self.path.chmod(0o700)
            self.was_open = mode

    def close(self) -> None:
        """Let others open it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def holder(path: Path) -> int | None:
    """Return the process that opened the folder, if it or a process that inherited its lock lives."""
    try:
        lock = os.open(path / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _locked(lock, fcntl.LOCK_SH) else _pid(lock)
    finally:
        os.close(lock)


def _locked(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(lock: int) -> int:
    """Return the process in the lock; 0 in the moment between locking and writing."""
    text = os.pread(lock, 32, 0).strip()
    return int(text) if text.isdigit() else 0
