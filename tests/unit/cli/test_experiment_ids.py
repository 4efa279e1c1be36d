"""An experiment is named by its id, by the beginning of it, or as the last one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.cli.experiment_ids import resolved, suggesting
from services.core.errors import InvalidRequest, NotFound
from services.core.experiment import Record, State
from services.lab.door import Lab
from services.planning import grid, request
from services.store.connection import Client
from services.store.experiments import Experiments
from services.store.server import EmbeddedServer
from tests.unit.dashboard.labs import lab_at
from workloads.registry import discover


@pytest.fixture
def lab(server: EmbeddedServer, store: Client) -> Iterator[Lab]:
    """A lab with three experiments, two of whose ids begin alike."""
    for created, id in enumerate(("abcdef012345", "abcdee999999", "123456789abc")):
        asked = request.experiment({"workload": "primes"}, discover(), id=id, created=float(created), seed=1)
        record = Record(experiment=asked, state=State.QUEUED, total=1, blocks=1)
        assert Experiments(store).add(record, grid.plan(asked, 1))
    with lab_at(server.url) as lab:
        yield lab


def test_last_is_the_newest_experiment(lab: Lab) -> None:
    assert resolved(lab, "last") == "123456789abc"


def test_a_beginning_that_only_one_id_has_stands_for_it(lab: Lab) -> None:
    assert resolved(lab, "abcdef") == "abcdef012345"
    assert resolved(lab, "123") == "123456789abc"


def test_a_whole_id_and_one_that_is_not_in_the_list_stay_as_they_are(lab: Lab) -> None:
    for typed in ("abcdef012345", "ffffffffffff", "12", ""):
        assert resolved(lab, typed) == typed


def test_a_beginning_of_several_ids_is_refused_with_all_of_them(lab: Lab) -> None:
    with pytest.raises(InvalidRequest, match="abcdee999999, abcdef012345"):
        resolved(lab, "abcde")


def test_an_unknown_id_is_refused_with_the_nearest(lab: Lab) -> None:
    with pytest.raises(NotFound, match="123456789abc"), suggesting(lab, "123456789acb"):
        lab.report("123456789acb")


def test_in_an_empty_lab_there_is_no_last_one(server: EmbeddedServer, store: Client) -> None:
    store.flushall()
    with lab_at(server.url) as lab, pytest.raises(NotFound, match="lab run primes"):
        resolved(lab, "last")
