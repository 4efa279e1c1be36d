"""How the lab that runs on this machine is found: a file with its address, valid only while its process lives."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from services.core.codec import Unreadable, from_json, to_json
from services.core.units import Seconds
from services.store import folder

FILE = "running.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningLab:
    """A lab that runs on this machine."""

    pid: int
    #: With its password: the file is its user's only.
    redis_url: str
    #: The broker under test, for nodes that are added.
    broker_url: str
    #: Where its pages are; None when it was brought up for one run and ends with it.
    dashboard: str | None


def publish(path: Path, running: RunningLab) -> None:
    """Let others find it, in the data folder at `path` that it has open."""
    new = path / f"{FILE}.new"
    new.unlink(missing_ok=True)
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, to_json(running).encode())
    finally:
        os.close(file)
    new.replace(path / FILE)


def withdraw(path: Path) -> None:
    """Remove the file."""
    (path / FILE).unlink(missing_ok=True)


def find(path: Path, *, patience: Seconds = 0.0) -> RunningLab | None:
    """Return the lab that has the data folder open; wait up to `patience` for one that is just starting."""
    deadline = time.monotonic() + patience
    while (holder := folder.holder(path)) is not None:
        running = _read(path / FILE)
        if running is not None and running.pid == holder:
            return running
        if time.monotonic() > deadline:
            return None
        time.sleep(0.05)
    return None


def _read(file: Path) -> RunningLab | None:
    """Read the file; None if it is missing, unreadable, or another user's: it has the password of a store."""
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_uid != os.geteuid():
                return None
            return from_json(RunningLab, opened.read())
    except (FileNotFoundError, PermissionError, Unreadable):
        return None
