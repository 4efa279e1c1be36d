"""The files of the project: every file that is tracked, or would be with `git add`."""

from __future__ import annotations

import subprocess
from pathlib import Path

root = Path(__file__).parents[2]


def kept_files() -> list[Path]:
    """Return the files' paths relative to the root, in order."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [Path(name) for name in sorted(listing.split("\0")) if name and (root / name).is_file()]
