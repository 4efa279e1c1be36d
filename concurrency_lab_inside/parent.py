"""Processes that do not outlive the one that started them. Standard library only: the measured worker imports it."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, by: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send this process `by` when `parent`, its parent, dies, however that happens.

    Linux only (prctl(2)). The setting survives exec and is lost by fork.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        os.kill(os.getpid(), by)
