"""The interpreter in which a user's application runs: named by the user, or found beside the application."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from services.core.errors import InvalidRequest, Problem

#: Virtual environments in an application's folder.
USUAL: Final = (".venv", "venv")


def interpreter(named: str | None, folder: Path, environ: Mapping[str, str]) -> str:
    """Return the path of an interpreter: `named`, or of $VIRTUAL_ENV, or of a virtual environment in `folder`.

    Never the lab's own by accident. Raises InvalidRequest with the places that were looked at.
    """
    if named is not None:
        path = Path(named).expanduser()
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise InvalidRequest([Problem("--python", named, "must be the path of a Python interpreter")])
        return str(path.absolute())
    active = environ.get("VIRTUAL_ENV")
    environments = [Path(active)] if active else []
    environments += [folder / name for name in USUAL]
    for environment in environments:
        python = environment / "bin" / "python"
        if python.is_file() and environment.resolve() != Path(sys.prefix).resolve():
            return str(python.absolute())
    looked = ", ".join(["$VIRTUAL_ENV", *(str(folder / name) for name in USUAL)])
    allowed = f"must name the interpreter of the application: there is no other virtual environment at {looked}"
    raise InvalidRequest([Problem("--python", "", allowed)])
