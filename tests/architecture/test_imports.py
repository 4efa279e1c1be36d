"""The walls between the rooms; the contracts are in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

contracts = Path(__file__).parents[2] / "pyproject.toml"


def test_every_import_keeps_to_the_walls_between_the_rooms() -> None:
    # In a process of its own: it sets up logging anew, and the lab's loggers would say nothing from then on.
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [linter, "--config", contracts, "--no-cache", "--no-logo"],
        check=False,
        cwd=contracts.parent,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, f"\n{told.stdout}{told.stderr}"
