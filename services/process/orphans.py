"""Processes that outlived the one that should have ended them, found by their environment."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

from services.core.units import Seconds

#: Passes over the process table: what a process starts while the others are killed is found by the next pass.
PASSES: Final = 5
#: Time that the kernel gets to end one process.
PATIENCE: Final[Seconds] = 1.0


def kill_marked(name: str, value: str) -> int:
    """Kill all processes of this user that were started with `name` set to `value`; return their number.

    A process inherits the mark from its parent, in any session or process group; one that was started with an
    environment without it is not found. This process is never killed.
    """
    mark = os.fsencode(f"{name}={value}")
    killed = 0
    for _ in range(PASSES):
        found = sum(_kill(pid, mark) for pid in _others())
        killed += found
        if not found:
            break
    return killed


def _others() -> list[int]:
    """Return the ids of all processes but this one."""
    return [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid()
    ]


def _kill(pid: int, mark: bytes) -> bool:
    """Kill a process if it is this user's and has the mark, and wait for its end; return whether it was killed."""
    place = Path(f"/proc/{pid}")
    # The file descriptor names this process only, even when its id is used again.
    with suppress(OSError):  # it has ended, or is not ours to look at
        process = os.pidfd_open(pid)
        try:
            if place.stat().st_uid != os.getuid() or mark not in (place / "environ").read_bytes().split(b"\0"):
                return False
            signal.pidfd_send_signal(process, signal.SIGKILL)
            select.select([process], [], [], PATIENCE)
            return True
        finally:
            os.close(process)
    return False
