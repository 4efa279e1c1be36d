"""An experiment of which something stored cannot be read: its pages name it, and all others go on."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from services.store import keys
from services.store.connection import Client
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger

ID = "0a1b2c3d"
#: By what is named in the answer.
DAMAGE: dict[str, Callable[[Client], object]] = {
    "not a Record": lambda store: store.set(keys.experiment(ID), "garbage"),
    "not the index of a trial": lambda store: store.hset(keys.trials(ID), "x", "{}"),
    "not a TrialResult": lambda store: store.hset(keys.trials(ID), "0", "{}"),
    "not a Node": lambda store: store.hset(keys.environment(ID), "desk", "{}"),
}


def test_the_pages_of_an_unreadable_experiment_name_it_and_what_cannot_be_read(
    web: FlaskClient, ledger: Ledger, store: Client
) -> None:
    for words, damage in DAMAGE.items():
        store.flushdb()
        ledger.finished()
        damage(store)
        for path in (f"/experiments/{ID}", f"/experiments/{ID}/figures.json", f"/decide/no?experiment={ID}"):
            answer = web.get(path)
            assert answer.status_code == 500, (words, path)
            assert f"experiment {ID} cannot be read" in answer.text and words in answer.text, (words, path)
            assert answer.mimetype == "application/json" or "Stored data cannot be read" in answer.text
        compared = web.get(f"/compare?cell={ID}:threads@2&cell={ID}:prefork@2")
        assert f"experiment {ID} cannot be read" in compared.text


def test_rest_answers_with_the_kind_of_error(web: FlaskClient, ledger: Ledger, store: Client) -> None:
    ledger.finished()
    store.set(keys.experiment(ID), "garbage")
    answer = web.get(f"/api/v1/experiments/{ID}")
    assert answer.json is not None and answer.json["error"]["kind"] == "unreadable"


def test_an_unreadable_experiment_hides_no_other(web: FlaskClient, ledger: Ledger, store: Client) -> None:
    ledger.finished()
    other = made.experiment("ffffffff")
    ledger.keep(other, made.results(other))
    store.set(keys.experiment(ID), "garbage")
    for path in ("/", "/experiments", f"/experiments/{other.id}", "/compare", "/decide", "/api/v1/experiments"):
        assert web.get(path).status_code == 200, path


def test_the_index_of_a_trial_that_is_no_number_is_not_found(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    for index in ("x", "-1", "1.5", "9" * 30, "%00", "²"):
        for kind in ("json", "csv"):
            assert web.get(f"/experiments/{ID}/trials/{index}/timeline.{kind}").status_code == 404, index
        assert web.get(f"/experiments/{ID}", query_string={"timeline": index}).status_code == 404, index
