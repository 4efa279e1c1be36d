"""The environment of a user's interpreter, and the bundle that runs in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import concurrency_lab_inside

#: The bundle: a directory that any Python runs by its path.
BUNDLE: Final = Path(concurrency_lab_inside.__path__[0])
#: Beginning of the lab's own variables.
_OURS: Final = "LAB_"
#: Variables of the interpreter that runs the lab, and not of the user's.
_OF_OUR_PYTHON: Final = frozenset({"PYTHONHOME", "PYTHONUNBUFFERED", "VIRTUAL_ENV"})
#: Variables from which applications read where their broker and their results are.
_ADDRESSES: Final = (
    "CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND",
    "BROKER_URL", "RESULT_BACKEND", "REDIS_URL",
)  # fmt: skip


def their_environment(
    environ: Mapping[str, str], *, python: str, address: str, more: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of the interpreter `python`: `environ` without what belongs to the lab, and `more`.

    Every usual variable of a broker names `address`. Commands of the user's virtual environment come first in PATH.
    """
    theirs = {
        name: value for name, value in environ.items() if not name.startswith(_OURS) and name not in _OF_OUR_PYTHON
    }
    theirs |= more
    if "PYTHONPATH" in theirs:
        theirs["PYTHONPATH"] = _without_lab(theirs["PYTHONPATH"])
    commands = Path(python).parent
    theirs["PATH"] = os.pathsep.join([str(commands), theirs.get("PATH", os.defpath)])
    if (commands.parent / "pyvenv.cfg").is_file():
        theirs["VIRTUAL_ENV"] = str(commands.parent)
    return theirs | dict.fromkeys(_ADDRESSES, address)


def _without_lab(search_path: str) -> str:
    """Return a search path without the folder in which the lab's own packages are."""
    return os.pathsep.join(one for one in search_path.split(os.pathsep) if one and Path(one) != BUNDLE.parent)
