"""What a user's code does to the world, for a look and for one call; never in a measured window.

An audit hook sees what goes through CPython: not the connections of drivers in C.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from concurrency_lab_inside.user_code import place_of_stack

#: The log of the system: connected to by many applications at import, and harmless.
SYSTEM_LOG = "/dev/log"
#: Most things that are listed.
MOST_SEEN = 50
_STARTS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"})
_CHANGES = {
    "os.remove": "removes",
    "os.rename": "renames",
    "os.rmdir": "removes",
    "os.mkdir": "makes",
    "shutil.rmtree": "removes",
    "sqlite3.connect": "opens the database",
}


class SideEffects:
    """Lists what happens from `start` on; while `sealed`, refuses every connection but to the trial's own server."""

    def __init__(self, port: int) -> None:
        self._own = {("127.0.0.1", port), ("localhost", port)}
        self.sealed = True
        #: Where each thing happened, by what happened: `connects to 10.0.0.7:5432` at `shop/tasks.py:12`.
        self.seen: dict[str, str] = {}

    def start(self) -> None:
        """Begin. A hook cannot be removed."""
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            self._connects(args[1])
        elif event in _STARTS:
            self._note(f"starts {_shown(args[0])}")
        elif event == "open":
            if isinstance(args[1], str) and set(args[1]) & set("wax+"):
                self._note(f"writes {_shown(args[0])}")
        elif event in _CHANGES:
            self._note(f"{_CHANGES[event]} {_shown(args[0])}")

    def _connects(self, address: Any) -> None:
        if isinstance(address, tuple):
            if tuple(address[:2]) in self._own:
                return
            what = f"connects to {address[0]}:{address[1]}"
        else:
            what = f"connects to {_shown(address)}"
        self._note(what)
        if self.sealed and _shown(address) != SYSTEM_LOG:
            raise PermissionError(f"{what} while it is imported: nothing is reached while the lab looks")

    def _note(self, what: str) -> None:
        if what not in self.seen and len(self.seen) < MOST_SEEN and "__pycache__" not in what and "/dev/" not in what:
            # What Celery itself does, without a line of the user's, is no news.
            place = place_of_stack(sys._getframe(2))
            if place:
                self.seen[what] = place


def _shown(what: Any) -> str:
    """Return a path or a command as text, without the folder for temporary files."""
    text = os.fsdecode(what) if isinstance(what, (str, bytes, os.PathLike)) else str(what)
    return text.replace(os.environ.get("TMPDIR", "\0"), "$TMPDIR")
