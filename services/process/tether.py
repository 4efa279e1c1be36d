"""`python -m services.process.tether PARENT SIGNAL COMMAND…`: becomes COMMAND, which dies with its parent.

For programs that cannot ask the kernel themselves, and before a Python program has imported anything.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from concurrency_lab_inside.parent import die_with_parent


def tethered(command: Sequence[str], by: signal.Signals) -> list[str]:
    """Return the command line that runs `command` so that it gets `by` when this process dies, however that happens.

    Linux counts the death of the *thread* that started it: start it from one that stays.
    """
    # -P: no package of the same name in the user's folder may come before ours.
    return [sys.executable, "-P", "-m", "services.process.tether", str(os.getpid()), str(int(by)), *command]


def main(parent: str, by: str, *command: str) -> None:
    """Ask for the signal, then become the command; same process, same files."""
    die_with_parent(int(parent), signal.Signals(int(by)))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
