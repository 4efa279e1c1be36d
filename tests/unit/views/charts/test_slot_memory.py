"""The chart and table of memory per slot, measurable or not."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go
import pytest

from services.views.charts.slot_memory import SLOT_MEMORY
from tests.unit.views.charts import reports

FINISHED = reports.finished()


def test_memory_a_slot_is_reported_with_its_interval_and_limit() -> None:
    told = {row[0]: row for row in SLOT_MEMORY.table(FINISHED).rows}
    each, low, high = told["prefork"][1:4]
    assert isinstance(low, float) and isinstance(high, float)
    assert each == pytest.approx(12.5, abs=0.7) and low < 12.5 < high
    assert told["prefork"][5] == "at least 40", "ten times 4 slots"


def test_memory_per_slot_that_is_not_measurable_is_an_open_bar_up_to_its_bound() -> None:
    memory = FINISHED.findings.memory[0]
    flat = replace(memory, per_slot=None, upper_bound=2**19, limit=40, limit_is_lower_bound=True)
    report = replace(FINISHED, findings=replace(FINISHED.findings, memory=(flat,)))
    (row,) = SLOT_MEMORY.table(report).rows
    assert row[1:5] == (None, None, None, 0.5)
    (bar,) = SLOT_MEMORY.chart(report)["data"]
    assert (bar["x"], bar["marker"]["color"]) == ([0.5], "rgba(0,0,0,0)")
    assert "not measurable, under 0.5 MiB per slot" in bar["hovertemplate"]
    assert "not measurable" in SLOT_MEMORY.notes(report)[0]
    assert go.Figure(SLOT_MEMORY.chart(report)).data
