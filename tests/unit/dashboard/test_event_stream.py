"""The stream of what changes about an experiment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from services.core.codec import from_json, to_json
from services.core.experiment import State
from services.core.report import CurrentTrial
from services.lab.door import Lab
from services.store import keys
from services.store.connection import Client, connect
from services.store.durable import DurableServer
from tests.unit.dashboard import made
from tests.unit.dashboard.labs import lab_at
from tests.unit.dashboard.ledger import Ledger

EVENTS = "/api/v1/experiments/0a1b2c3d/events"
NOW = CurrentTrial(trial=7, cell="gevent@2", repeat=0, phase="saturate")


class Stream:
    """What is told, message by message."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def next(self) -> dict[str, str]:
        """The fields of the next message; a comment is called `comment`."""
        lines = next(self._chunks).decode().strip().split("\n")
        named = (line.partition(": ") for line in lines)
        return {field or "comment": value for field, _, value in named}

    def rest(self) -> list[dict[str, str]]:
        """Every message until the stream ends."""
        found = []
        while True:
            try:
                found.append(self.next())
            except StopIteration:
                return found


@contextmanager
def following(web: FlaskClient, *, after: str = "", asked: str = "") -> Iterator[Stream]:
    """A stream, open for as long as the block lasts; its first message says when to come back."""
    answer = web.get(EVENTS + asked, headers={"Last-Event-ID": after} if after else {})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/event-stream"
    stream = Stream(answer.iter_encoded())
    assert stream.next() == {"retry": "1000"}
    try:
        yield stream
    finally:
        answer.close()


@pytest.fixture
def running(ledger: Ledger) -> Ledger:
    """With an experiment that runs."""
    ledger.keep(made.experiment(), [], state=State.RUNNING)
    return ledger


def test_changes_are_sent_as_they_happen(web: FlaskClient, running: Ledger) -> None:
    first = made.results(made.experiment())[0]
    with following(web) as stream:
        running.experiments.set_now("0a1b2c3d", NOW)
        told = stream.next()
        assert told["event"] == "now" and from_json(CurrentTrial, told["data"]) == NOW
        running.experiments.save_trial(first)
        told = stream.next()
        assert (told["event"], told["data"]) == ("trial", str(first.trial.index))


def test_a_stream_begins_with_what_comes_after_it(web: FlaskClient, running: Ledger) -> None:
    running.experiments.set_now("0a1b2c3d", NOW)
    with following(web) as stream:
        assert stream.next() == {"comment": "still here"}, "and says so while nothing happens"


@pytest.mark.parametrize("by", ["header", "address"])
def test_who_lost_the_stream_goes_on_exactly_where_it_was(web: FlaskClient, running: Ledger, by: str) -> None:
    with following(web) as stream:
        running.experiments.set_now("0a1b2c3d", NOW)
        last = stream.next()["id"]
    for result in made.results(made.experiment())[:3]:
        running.experiments.save_trial(result)
    running.experiments.update(made.record(made.experiment(), State.FINISHED))
    with following(web, after=last) if by == "header" else following(web, asked=f"?after={last}") as stream:
        told = stream.rest()
    assert [one["event"] for one in told] == ["trial", "trial", "trial", "record", "end"]
    assert len({one["id"] for one in told[:-1]}) == 4


def test_the_header_of_a_browser_that_comes_back_counts_more_than_the_address_it_once_had(
    web: FlaskClient, running: Ledger
) -> None:
    running.experiments.set_now("0a1b2c3d", NOW)
    running.experiments.update(made.record(made.experiment(), State.FINISHED))
    with following(web, asked="?after=0") as stream:
        everything = stream.rest()
    with following(web, after=everything[-2]["id"], asked="?after=0") as stream:
        assert stream.rest() == [{"event": "end", "data": "null"}]


def test_a_request_to_cancel_is_reported_and_the_stream_goes_on(web: FlaskClient, running: Ledger) -> None:
    with following(web) as stream:
        running.experiments.ask_cancel("0a1b2c3d")
        assert stream.next()["data"] == '"cancelling"'
        running.experiments.set_now("0a1b2c3d", NOW)
        assert stream.next()["event"] == "now"
        running.experiments.update(made.record(made.experiment(), State.CANCELLED))
        assert [one["event"] for one in stream.rest()] == ["record", "end"]


def test_events_that_cannot_be_read_do_not_end_the_stream(web: FlaskClient, running: Ledger, store: Client) -> None:
    key = keys.events("0a1b2c3d")
    with following(web, after="0-1") as stream:
        store.xadd(key, {"kind": "unknown", "data": "1"})
        store.xadd(key, {"kind": "record", "data": "{"})
        store.xadd(key, {"of": "others"})
        store.xadd(key, {"kind": "record", "data": "[1]"})
        running.experiments.set_now("0a1b2c3d", NOW)
        told = [stream.next() for _ in range(4)]
        assert [one["event"] for one in told[-2:]] == ["record", "now"]
    with following(web, after=told[0]["id"]) as stream:
        assert stream.next()["event"] in ("record", "now"), "also when they come first"


@pytest.mark.parametrize("state", [State.FINISHED, State.FAILED, State.CANCELLED])
def test_the_end_of_the_experiment_is_the_end_of_the_stream(web: FlaskClient, running: Ledger, state: State) -> None:
    with following(web) as stream:
        running.experiments.update(made.record(made.experiment(), state))
        assert [one["event"] for one in stream.rest()] == ["record", "end"]


def test_what_has_ended_before_has_nothing_to_tell(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    with following(web) as stream:
        assert stream.rest() == [{"event": "end", "data": "null"}]


def test_an_id_that_no_event_can_have_is_refused(web: FlaskClient, running: Ledger) -> None:
    for after in ["yesterday", "-1", "1-", "1-2-3", "+", "$", "<script>", "9" * 40, "１"]:
        answer = web.get(EVENTS, query_string={"after": after})
        assert answer.status_code == 422
        assert answer.json is not None
        assert answer.json["error"]["problems"][0]["field"] == "Last-Event-ID"
        assert answer.json["error"]["problems"][0]["value"] == after


def test_an_experiment_that_is_none_has_no_stream(web: FlaskClient) -> None:
    assert web.get("/api/v1/experiments/nothing/events").status_code == 404
    assert web.get("/api/v1/experiments/nothing/events?after=0").status_code == 404


def test_without_store_the_answer_reports_it(away: FlaskClient) -> None:
    assert away.get(EVENTS).status_code == 503


def test_a_store_that_is_lost_ends_the_stream(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as server, lab_at(server.url) as lab, connect(server.url) as client:
        Ledger(client).keep(made.experiment(), [], state=State.RUNNING)
        with following(create_app(lab).test_client()) as stream:
            server.stop()
            assert stream.rest() == []


def test_a_follower_beyond_the_last_stream_is_sent_to_the_report(lab: Lab, running: Ledger) -> None:
    web = create_app(lab, streams=1).test_client()
    with following(web):
        answer = web.get(EVENTS)
        assert answer.status_code == 503
        assert "Poll the report" in answer.text
        assert web.get("/api/v1/experiments/0a1b2c3d").status_code == 200
    with following(web):
        pass


def test_who_asks_for_the_headers_only_takes_no_stream_away(lab: Lab, running: Ledger) -> None:
    web = create_app(lab, streams=1).test_client()
    for _ in range(3):
        with web.head(EVENTS) as answer:
            assert answer.status_code == 200


def test_nothing_on_the_way_keeps_the_stream_back(web: FlaskClient, running: Ledger) -> None:
    with web.head(EVENTS) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Accel-Buffering"] == "no"


def test_markup_in_an_event_stays_data(web: FlaskClient, running: Ledger) -> None:
    now = CurrentTrial(trial=0, cell="</script>\n\nevent: end", repeat=0, phase="\r\ndata: 1\u2028")
    with following(web) as stream:
        running.experiments.set_now("0a1b2c3d", now)
        told = stream.next()
        assert told["event"] == "now" and told["data"] == to_json(now)
