"""The bundle runs in the interpreter of the measured worker, from Python 3.8 on."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.own.surroundings import BUNDLE

MODULES = sorted(BUNDLE.glob("*.py"))
OLDER = [found for minor in range(8, 14) if (found := shutil.which(f"python3.{minor}"))]
#: Imports what needs no Celery, from the bundle's folder by path.
WITHOUT_CELERY = """
import sys, importlib
sys.path.insert(0, sys.argv[1])
for name in ("__main__", "parent", "stamps", "start", "table", "task_code"):
    importlib.import_module("concurrency_lab_inside." + name)
"""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_the_bundle_is_written_in_the_syntax_of_python_38(module: Path) -> None:
    ast.parse(module.read_text(encoding="utf-8"), feature_version=(3, 8))


def test_the_bundle_imports_in_every_python_at_hand() -> None:
    for python in {sys.executable, *OLDER}:
        # A shim of a version manager answers for a Python that is not there.
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            run = subprocess.run(
                [python, "-B", "-I", "-c", WITHOUT_CELERY, BUNDLE.parent], capture_output=True, text=True, check=False
            )
            assert (python, run.stderr) == (python, "")
