"""The parts of the lab are put together in one place."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Parts that hold other parts.
PARTS = {
    "Agent", "Attempts", "Conductor", "Gathering", "Lab", "LeaseKeeper", "Local", "NodeOrders", "Rig", "Supervisor",
}  # fmt: skip


def built(file: Path) -> set[str]:
    """Return the parts whose constructors a module calls."""
    calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)} & PARTS


def test_only_the_composition_root_builds_the_labs_parts() -> None:
    found: set[str] = set()
    for file in [*ROOT.glob("services/**/*.py"), *ROOT.glob("dashboard/**/*.py")]:
        if file.is_relative_to(ROOT / "services/lab/root"):
            found |= built(file)
        else:
            assert not built(file), file
    assert found == PARTS
