"""The walls between the rooms; the contracts are in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

contracts = Path(__file__).parents[2] / "pyproject.toml"


def test_every_import_keeps_to_the_walls_between_the_rooms(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(contracts), no_cache=True, no_logo=True)
    report = capsys.readouterr().out
    assert status == EXIT_STATUS_SUCCESS, f"\n{report}"
