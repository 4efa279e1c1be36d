"""The environment of a user's interpreter, and the bundle that runs in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import concurrency_lab_inside

#: The bundle: a directory that any Python runs by its path.
BUNDLE = Path(concurrency_lab_inside.__path__[0])
#: Beginnings of variables that belong to the lab or to its interpreter.
_OURS = ("CELERY", "VIRTUAL_ENV", "PYTHON", "LAB_")
#: Variables from which applications read where their broker and their results are.
_ADDRESSES = (
    "CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND",
    "BROKER_URL", "RESULT_BACKEND", "REDIS_URL",
)  # fmt: skip


def their_environment(environ: Mapping[str, str], *, address: str) -> dict[str, str]:
    """Return `environ` without what belongs to the lab; every usual variable of a broker names `address`."""
    theirs = {name: value for name, value in environ.items() if not name.startswith(_OURS)}
    return theirs | dict.fromkeys(_ADDRESSES, address)
