"""Frozen types to JSON and back."""

from __future__ import annotations

import dataclasses
import inspect
import json
from itertools import product
from typing import Any

import pytest

from services.core import (
    cpu_usage,
    damage,
    environment,
    errors,
    experiment,
    figures,
    findings,
    reference_loop,
    report,
    summary,
    trial,
)
from services.core.codec import Unreadable, from_data, from_json, to_data, to_json
from services.core.environment import Node
from services.core.experiment import Record, Trial
from services.core.trial import TrialSpec
from tests.unit.core.instances import HANDS, instance

ROOMS = (environment, experiment, figures, findings, reference_loop, report, summary, trial, cpu_usage)
KINDS: list[Any] = [
    kind
    for room in ROOMS
    for _, kind in inspect.getmembers(room, inspect.isclass)
    if dataclasses.is_dataclass(kind) and kind.__module__ == room.__name__
]
#: Findings may be left out one and all: any object is read as findings.
DEMANDING = [kind for kind in KINDS if kind is not findings.Findings]


def test_there_are_types_to_try() -> None:
    assert {Node, Record, Trial, TrialSpec, trial.TrialResult, trial.NodeTrial, report.Report} < set(KINDS)
    assert {findings.Findings, findings.Fit, summary.CellSummary, figures.Carriage, figures.Breakdown} < set(KINDS)
    assert errors.Problem not in KINDS


def test_what_is_written_as_json_is_read_back_the_same() -> None:
    for kind, hand in product(KINDS, range(HANDS)):
        made = instance(kind, hand)
        assert repr(from_json(kind, to_json(made))) == repr(made)
        assert from_json(kind, to_json(made).encode()) == made


def test_plain_data_is_read_back_the_same_also_after_a_trip_through_json() -> None:
    for kind, hand in product(KINDS, range(HANDS)):
        made = instance(kind, hand)
        sent = to_data(made)
        assert repr(from_data(kind, sent)) == repr(made)
        assert from_data(kind, json.loads(json.dumps(sent))) == made


def test_every_type_is_frozen_and_takes_its_fields_by_name_only() -> None:
    for kind in KINDS:
        made = instance(kind, 0)
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(made, dataclasses.fields(kind)[0].name, 1)
        with pytest.raises(TypeError, match="positional"):
            kind(*(getattr(made, field.name) for field in dataclasses.fields(kind)))
        assert kind.__doc__, kind


GARBAGE = [
    "",
    " ",
    "{",
    "null",
    "3",
    "[]",
    "{}",
    '"text"',
    '{"id": 1}',
    "\x00",
    "NaN",
    "[" * 5000,
    '{"experiment": {}}',
]


def test_garbage_is_unreadable_as_the_type_that_was_wanted() -> None:
    texts: list[str | bytes] = [*GARBAGE, b"\xff\xfe", b"\x80\x02}q\x00."]
    for kind, text in product(DEMANDING, texts):
        with pytest.raises(Unreadable, match=f"^not a {kind.__name__}: "):
            from_json(kind, text)


def test_garbage_that_was_sent_is_unreadable_as_the_type_that_was_wanted() -> None:
    sent: list[object] = [None, 3, "text", [], {}, {"id": 1}, object()]
    for kind, data in product(DEMANDING, sent):
        with pytest.raises(Unreadable, match=f"^not a {kind.__name__}: "):
            from_data(kind, data)


def test_what_is_unreadable_is_reported_in_one_line_without_the_data() -> None:
    stored = to_data(instance(Node, 0)) | {"seen": "s3cret", "trial": ["s3cret"]}
    del stored["name"]
    with pytest.raises(Unreadable) as caught:
        from_data(Node, stored)
    assert str(caught.value) == "not a Node: name: Field required (and 2 more)"
    (first, *_) = str(caught.value.__cause__).splitlines()
    assert first == "3 validation errors for Node"


def test_a_field_that_a_newer_version_added_does_no_harm() -> None:
    node = instance(Node, 0)
    assert from_data(Node, to_data(node) | {"colour": "red"}) == node


def test_a_whole_number_a_number_and_a_text_stay_what_they_are() -> None:
    params = {"whole": 1, "number": 1.0, "text": "1", "huge": 10**30, "word": "true"}
    cell = dataclasses.replace(instance(experiment.Cell, 0), params=params)
    assert repr(from_json(experiment.Cell, to_json(cell)).params) == repr(params)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"scaling": 3}', '{"load": [{}]}'])
def test_findings_may_be_empty_and_are_not_garbage_for_that(text: str) -> None:
    assert from_json(findings.Findings, "{}") == findings.Findings()
    with pytest.raises(Unreadable, match=r"^not a Findings: "):
        from_json(findings.Findings, text)


def test_names_under_which_earlier_versions_stored_a_field_are_read() -> None:
    renamed = {
        (damage.Damage, "found_at"): "found",
        (report.CurrentTrial, "waiting"): "waits",
        (figures.Carriage, "handing_over"): "out",
        (figures.Carriage, "returning"): "back",
        (figures.Breakdown, "total"): "whole",
        (figures.Figures, "littles_law"): "little",
        (figures.Figures, "publisher_lag"): "lag",
        (trial.NodeTrial, "publisher_lag"): "lag",
        (trial.TrialResult, "died_with_slot"): "died",
        (figures.Figures, "returned"): "told",
        (figures.Figures, "broker_wait"): "store_wait",
        (cpu_usage.Usage, "broker"): "store",
        (cpu_usage.Usage, "broker_here"): "store_here",
        (environment.Fingerprint, "ledger"): "store",
    }
    for (kind, name), old in renamed.items():
        made = instance(kind, 0)
        sent = to_data(made)
        sent[old] = sent.pop(name)
        assert from_data(kind, sent) == made, old
