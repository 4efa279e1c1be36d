"""The closed list of warnings, in the order in which they are shown.

Validity warnings have a `doubt`: the figures may differ from what the cell reaches under the conditions asked for, so
the headline of a verdict begins with it if a first-rank cell has the warning. The other warnings describe correct
figures. Scatter (`unstable trial`, `too few repeats`) is already in the interval; a drifting clock rate affects all
cells of a block alike; a throttling CPU quota, cores that are not whole and more slots than cores are conditions asked
for; a prefetch stall is the normal behaviour of a worker with these settings; a failed trial is not in the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.analysis.cells.warnings import core_speed, machine, messages, repeats
from services.analysis.cells.warnings.rule import CellTrials, Rule
from services.core.summary import Warn, Warned

_UNORDERED: Final = {**repeats.RULES, **machine.RULES, **messages.RULES, **core_speed.RULES}
RULES: Final[Mapping[Warn, Rule]] = {warn: _UNORDERED[warn] for warn in Warn}


def warnings_about(cell_trials: CellTrials) -> tuple[Warned, ...]:
    """Return the warnings about a cell, in the order of the list."""
    found = ((warn, rule, rule.find(cell_trials)) for warn, rule in RULES.items())
    return tuple(
        Warned(
            name=warn,
            text=rule.text.format_map(details),
            remedy=rule.remedy,
            doubt=rule.doubt.format_map(details),
        )
        for warn, rule, details in found
        if details is not None
    )
