"""The folder of one trial, for temporary files of its measured worker; swept later if the agent is killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.core.units import Seconds
from services.process.orphans import kill_marked

PREFIX: Final = "lab-trial-"
#: Held locked by the agent; the kernel frees the lock when that dies. A measured worker does not inherit it.
LOCK: Final = ".owner"
#: Variable in the environment of the measured worker, and so of all processes that its tasks start: the folder.
VARIABLE: Final = "LAB_TRIAL_FOLDER"
#: A folder without the file is being made, or was left by a version that made none.
GRACE: Final[Seconds] = 3600.0


@contextmanager
def trial_folder() -> Iterator[str]:
    """Make a folder under TMPDIR, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        lock = os.open(Path(folder) / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(lock)


def sweep() -> int:
    """Remove this user's folders whose agents are dead, and return their number.

    Processes of those trials that still run are killed first: the kernel ends the main process with its agent, not what
    a task has started.
    """
    dead = [one for one in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if _is_ours(one) and _is_dead(one)]
    for folder in dead:
        kill_marked(VARIABLE, str(folder))
        shutil.rmtree(folder, ignore_errors=True)
    return len(dead)


def _is_ours(folder: Path) -> bool:
    try:
        return folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def _is_dead(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return folder.exists() and time.time() - folder.stat().st_mtime > GRACE
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
