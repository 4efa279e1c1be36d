"""Virtual environments with other versions of Celery, each made once from a lock and kept with pytest's cache."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

LOCKS = {path.stem.removeprefix("celery-"): path for path in Path("requirements").resolve().glob("celery-*.txt")}


def interpreter(version: str, cache: Path) -> str:
    """Return the interpreter of an environment with this version of Celery; make it if there is none yet."""
    lock = LOCKS[version]
    name = f"{version}-{sys.version_info.major}.{sys.version_info.minor}-{_digest(lock)}"
    folder, made = cache / name, cache / f"{name}.made"
    with (cache / f"{name}.lock").open("w") as lock_file:
        # Tests that run side by side need the same environment.
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        if not made.exists():
            _make(folder, lock)
            made.touch()
    return str(folder / "bin" / "python")


def _make(folder: Path, lock: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    pip += ["--python", str(folder / "bin" / "python"), "install", "--require-hashes", "-r", str(lock)]
    subprocess.run(pip, check=True, capture_output=True)


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
