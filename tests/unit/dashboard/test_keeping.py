"""Experiments are paged through, deleted, restored and pinned by REST and from the pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.core.errors import Conflict
from services.core.experiment import State
from services.lab.door import Lab
from services.lab.root.lab import lab_over
from services.store.connection import Client
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger


@pytest.fixture
def several(ledger: Ledger) -> list[str]:
    """Ids of five experiments, newest first."""
    ids = [f"{number:08x}" for number in range(5)]
    for id in ids:
        ledger.keep(made.renamed(made.experiment(), id), ())
    return ids[::-1]


def test_rest_reaches_every_experiment_by_its_links(web: FlaskClient, several: list[str]) -> None:
    page: dict[str, Any] = {"next": "/api/v1/experiments?count=2"}
    found: list[str] = []
    while page["next"]:
        page = web.get(page["next"]).get_json()
        assert page["total"] == 5
        found += [line["record"]["experiment"]["id"] for line in page["experiments"]]
    assert found == several
    assert len(web.get(page["previous"]).get_json()["experiments"]) == 2


def test_the_pages_of_the_list_are_linked_both_ways(web: FlaskClient, several: list[str]) -> None:
    first = web.get("/experiments?count=2").text
    assert "2 of 5 experiments" in first and 'rel="prev"' not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = web.get(older[1].replace("&amp;", "&")).text
    assert f">{several[2]}</code>" in second and f">{several[1]}</code>" not in second
    assert 'rel="prev"' in second and 'rel="next"' in second


def test_a_page_that_cannot_be_is_refused_by_the_name_of_its_field(web: FlaskClient, several: list[str]) -> None:
    for query, field in (("count=0", "count"), ("count=x", "count"), ("count=9999", "count"), ("before=a_b", "before")):
        answer = web.get(f"/api/v1/experiments?{query}")
        assert (answer.status_code, answer.get_json()["error"]["problems"][0]["field"]) == (422, field)
    assert web.get("/api/v1/experiments?before=ffffffff").status_code == 404


def test_an_experiment_is_deleted_and_restored_by_rest(web: FlaskClient, several: list[str]) -> None:
    id = several[0]
    answer = web.delete(f"/api/v1/experiments/{id}")
    assert answer.status_code == 200 and answer.get_json()["restorable"] > 590
    assert web.get(f"/api/v1/experiments/{id}").status_code == 404
    assert web.delete(f"/api/v1/experiments/{id}").status_code == 404
    assert web.post(f"/api/v1/experiments/{id}/restore").get_json()["id"] == id
    assert web.post(f"/api/v1/experiments/{id}/restore").status_code == 409
    assert web.get(f"/api/v1/experiments/{id}").status_code == 200


def test_what_runs_or_is_pinned_is_not_deleted(web: FlaskClient, ledger: Ledger, several: list[str]) -> None:
    running = ledger.keep(made.renamed(made.experiment(), "abc"), (), state=State.RUNNING).experiment.id
    answer = web.delete(f"/api/v1/experiments/{running}")
    assert answer.status_code == 409 and "cancel it before you delete it" in answer.get_json()["error"]["message"]
    assert web.post(f"/api/v1/experiments/{several[0]}/pin").get_json()["pinned"] is True
    assert web.delete(f"/api/v1/experiments/{several[0]}").status_code == 409
    assert web.post(f"/api/v1/experiments/{several[0]}/unpin").get_json()["pinned"] is False
    for method, address in (("DELETE", ""), ("POST", "/restore"), ("POST", "/pin"), ("POST", "/unpin")):
        assert web.open(f"/api/v1/experiments/no:such%0aone{address}", method=method).status_code == 404


def test_no_other_site_deletes_restores_or_pins(web: FlaskClient, several: list[str]) -> None:
    address, elsewhere = f"/api/v1/experiments/{several[0]}", {"Origin": "http://elsewhere.example"}
    assert web.delete(address, headers=elsewhere).status_code == 403
    for act in ("delete", "restore", "pin", "unpin"):
        assert web.post(f"/experiments/{several[0]}/{act}", headers=elsewhere).status_code == 403
    assert web.get(address).status_code == 200


def test_the_list_offers_undo_where_one_was_without_a_script(web: FlaskClient, several: list[str]) -> None:
    place = {"list": "", "count": "2"}
    gone = web.post(f"/experiments/{several[0]}/delete", data=place)
    assert gone.status_code == 303 and f"deleted={several[0]}" in gone.headers["Location"]
    page = web.get(gone.headers["Location"]).text
    assert "It can be restored for 10 min" in page and "autofocus" in page and "2 of 4 experiments" in page
    back = web.post(f"/experiments/{several[0]}/restore", data=place)
    assert back.headers["Location"] == "/experiments?count=2"
    assert several[0] in web.get(back.headers["Location"]).text
    assert "can be restored" not in web.get(gone.headers["Location"]).text


def test_an_experiment_is_pinned_and_deleted_from_its_page(web: FlaskClient, several: list[str]) -> None:
    address = f"/experiments/{several[0]}"
    assert "Delete experiment" in web.get(address).text
    assert web.post(f"{address}/pin").headers["Location"] == address
    page = web.get(address).text
    assert 'aria-pressed="true"' in page and "Delete experiment" not in page
    web.post(f"{address}/unpin")
    assert web.post(f"{address}/delete").headers["Location"] == f"/experiments?deleted={several[0]}"


def test_cells_of_every_experiment_with_results_can_be_compared(web: FlaskClient, ledger: Ledger) -> None:
    for number in range(10):
        asked = made.renamed(made.experiment(), f"e{number}")
        ledger.keep(asked, made.results(asked)[:1])
    first = web.get("/compare").text
    assert "experiment e0" not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    assert "experiment e0" in web.get(older[1]).text


def test_the_oldest_experiments_make_room_for_a_new_one(lab: Lab, several: list[str]) -> None:
    lab._keep = 3
    lab.pin(several[-1])
    new = lab.submit({"workload": "wait"}).experiment.id
    assert [line.record.experiment.id for line in lab.experiments().lines] == [new, several[0], several[-1]]


def test_a_full_queue_refuses_more_in_words(store: Client) -> None:
    lab = lab_over(store, order=lambda: None, most_open=2)
    for _ in range(2):
        lab.submit({"workload": "wait"})
    with pytest.raises(Conflict, match=r"2 experiments are queued or running \(limit 2\): wait"):
        lab.submit({"workload": "wait"})
    assert lab.experiments().total == 2
