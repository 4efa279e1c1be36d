"""Damage to the store's files, as the dashboard shows it."""

from __future__ import annotations

from flask.testing import FlaskClient

from services.core.damage import Damage, Fault
from services.store.connection import Client
from services.store.damages import Damages
from tests.unit.dashboard import made

CUT = Damage(
    found_at=made.CREATED, fault=Fault.CUT, file="appendonly.aof.1.incr.aof", lost=4096, kept="/data/damaged-2026-11-25"
)


def test_damage_is_on_every_page_that_states_what_the_lab_lacks_until_it_is_dismissed(
    web: FlaskClient, store: Client
) -> None:
    Damages(store).add(CUT)
    for path in ("/", "/experiments", "/decide/no"):
        page = " ".join(web.get(path).text.split())
        assert "4,096 bytes at the end of appendonly.aof.1.incr.aof cannot be read" in page
        assert "is kept in /data/damaged-2026-11-25" in page
    dismissed = web.post("/experiments/damages/dismiss")
    assert (dismissed.status_code, dismissed.location) == (303, "/experiments")
    assert "damaged" not in web.get("/experiments").text


def test_programs_read_damage_in_health_and_can_dismiss_it(web: FlaskClient, store: Client) -> None:
    Damages(store).add(CUT)
    health = web.get("/api/v1/health").json
    assert health is not None
    assert health["damages"] == [
        {
            "found_at": made.CREATED,
            "fault": "cut",
            "file": "appendonly.aof.1.incr.aof",
            "lost": 4096,
            "kept": "/data/damaged-2026-11-25",
        }
    ]
    assert web.delete("/api/v1/damages").status_code == 204
    assert Damages(store).known() == ()


def test_every_fault_has_words_of_its_own() -> None:
    words = {Damage(found_at=0.0, fault=fault, file="x", lost=1, kept="").words for fault in Fault}
    assert len(words) == len(Fault)
