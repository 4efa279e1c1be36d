"""What earlier versions of the lab stored is read by this one, and gives the same figures: see tests/golden/make.py."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from services.core.codec import to_data
from services.lab.root.lab import lab_over
from services.store import keys
from services.store.connection import Client
from services.store.events import FIRST
from tests.golden.make import figures

FILES = sorted((Path(__file__).parents[2] / "golden").glob("*/*.json"))


@pytest.fixture(params=FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def golden(request: pytest.FixtureRequest, store: Client) -> dict[str, Any]:
    """A golden file whose keys are in the store."""
    content: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    restore(store, content)
    return content


def restore(store: Client, content: dict[str, Any]) -> None:
    for key, value in content["keys"].items():
        if isinstance(value, str):
            store.set(key, value)
        elif isinstance(value, dict):
            store.hset(key, mapping=value)
        else:
            for event, fields in value:
                store.xadd(key, fields, id=event)
    store.zadd(keys.EXPERIMENTS, {content["id"]: time.time()})


def test_there_are_files_of_the_last_version_that_stored_no_plan() -> None:
    assert "ccb365f" in {file.parent.name for file in FILES}


def test_a_report_of_stored_trials_gives_the_figures_that_it_gave_then(golden: dict[str, Any], store: Client) -> None:
    assert figures(lab_over(store, order=lambda: None).report(golden["id"])) == golden["figures"]


def test_all_else_that_is_stored_with_an_experiment_can_be_read(golden: dict[str, Any], store: Client) -> None:
    id, lab = golden["id"], lab_over(store, order=lambda: None)
    (line,) = lab.experiments().lines
    assert line.record.experiment.id == id
    timelines = golden["keys"].get(keys.timelines(id), {})
    assert [len(lab.timeline(id, int(index)).bars) > 0 for index in timelines] == [True] * len(timelines)
    assert len(lab.events(id, FIRST, patience=0.01)) == len(golden["keys"][keys.events(id)])
    if keys.trials(id) in golden["keys"]:
        assert [node.name for node in lab.report(id).environment.nodes] == ["golden"]
        assert to_data(lab.comparable([id])) is not None
