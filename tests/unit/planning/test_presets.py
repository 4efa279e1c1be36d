"""The experiments behind the claims, as requests."""

from __future__ import annotations

from services.core.experiment import Effort
from services.planning import presets
from tests.unit.planning.requests import made


def test_every_preset_is_a_quick_experiment_of_three_blocks() -> None:
    for name in presets.PRESETS:
        asked = made(**presets.body(name))
        assert (asked.effort, asked.repeats) == (Effort.QUICK, 3), name
