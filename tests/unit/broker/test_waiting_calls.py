"""Reading the calls that wait in a queue, from messages that real applications published."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery

from services.broker import waiting_calls as module
from services.broker.waiting_calls import waiting_calls
from services.core.errors import BrokerUnreachable, InvalidRequest, NotFound
from services.core.task_reference import TaskCall
from services.store.connection import Client
from services.store.server import EmbeddedServer

Send = Callable[..., None]


@pytest.fixture
def send(server: EmbeddedServer, store: Client) -> Send:
    """Publish a call as an application with these settings does."""

    def send(*args: object, name: str = "shop.resize", conf: dict[str, Any] | None = None, **options: Any) -> None:
        with Celery(broker=server.url, set_as_current=False) as app:
            app.conf.update(conf or {})
            app.send_task(name, args=args, queue="images", **options)

    return send


def test_the_calls_are_read_oldest_first_and_the_queue_stays_as_it_was(
    send: Send, server: EmbeddedServer, store: Client
) -> None:
    for number in range(250):
        send(number, kwargs={"width": number})
    before = store.lrange("images", 0, -1)
    found = waiting_calls(server.url, "images")
    assert found.calls == tuple(TaskCall(args=(number,), kwargs={"width": number}) for number in range(250))
    assert (found.waiting, found.skipped) == (250, {})
    assert store.lrange("images", 0, -1) == before


def test_at_most_so_many_messages_are_read_and_they_are_the_oldest(send: Send, server: EmbeddedServer) -> None:
    for number in range(5):
        send(number)
    found = waiting_calls(server.url, "images", most=2)
    assert [call.args for call in found.calls] == [(0,), (1,)]
    assert found.waiting == 5


def test_compressed_calls_and_those_of_every_priority_and_protocol_are_read(send: Send, server: EmbeddedServer) -> None:
    for compression in ("gzip", "bzip2", "lzma"):
        send(compression, compression=compression)
    send("urgent", priority=9)
    send("old", conf={"task_protocol": 1})
    found = waiting_calls(server.url, "images")
    assert {call.args[0] for call in found.calls} == {"gzip", "bzip2", "lzma", "urgent", "old"}
    assert found.skipped == {}


def test_a_typed_argument_stays_as_it_was_written(send: Send, server: EmbeddedServer) -> None:
    send(datetime.date(2026, 1, 2))
    ((written,),) = (call.args for call in waiting_calls(server.url, "images").calls)
    assert written["__type__"] == "date"


def test_calls_of_other_tasks_are_counted_and_left_out(send: Send, server: EmbeddedServer) -> None:
    send(1)
    send(2, name="shop.mail")
    found = waiting_calls(server.url, "images", task="shop.resize")
    assert [call.args for call in found.calls] == [(1,)]
    assert found.skipped == {"task shop.mail": 1}


def test_a_pickled_call_is_counted_and_never_unpickled(send: Send, server: EmbeddedServer) -> None:
    send(_Trap(), serializer="pickle")
    assert waiting_calls(server.url, "images").skipped == {
        "serializer application/x-python-serialize: only JSON is read": 1
    }


def test_messages_that_are_no_calls_are_counted_with_the_reason(server: EmbeddedServer, store: Client) -> None:
    envelope = (
        '{"content-type": "application/json", "body": "%s", "headers": %s, "properties": {"body_encoding": "base64"}}'
    )
    store.lpush(
        "images", "5", "{", "{}", envelope % ("%", "{}"), envelope % ("eA==", "{}"), envelope % ("W10=", "{}"),
        envelope % ("W10=", '{"compression": "zstd"}'), envelope % ("W10=", '{"compression": "application/x-gzip"}'),
    )  # fmt: skip
    found = waiting_calls(server.url, "images")
    assert found.calls == ()
    assert found.skipped == {
        "no JSON envelope": 2,
        "serializer None: only JSON is read": 1,
        "a body that is no base64": 1,
        "a body that is no JSON": 1,
        "no message of Celery": 1,
        "compression zstd": 1,
        "a body that is not compressed as application/x-gzip": 1,
    }


def test_a_message_of_any_other_shape_is_left_out_with_a_printable_reason(
    server: EmbeddedServer, store: Client
) -> None:
    kind = '"content-type": "application/json"'
    store.lpush(
        "images",
        f'{{{kind}, "headers": ["a"]}}',
        f'{{{kind}, "body": "[]", "properties": ["a"]}}',
        f'{{{kind}, "body": "\\ud800"}}',
        f'{{{kind}, "body": "\u00e9", "properties": {{"body_encoding": "base64"}}}}',
        f'{{{kind}, "body": "[]", "headers": {{"compression": ["a"]}}}}',
        '{"content-type": "\\u001b[2J"}',
    )
    assert waiting_calls(server.url, "images").skipped == {
        "headers that are no JSON object": 1,
        "properties that are no JSON object": 1,
        "a body that is no text": 1,
        "a body that is no base64": 1,
        "compression ['a']": 1,
        "serializer \\x1b[2J: only JSON is read": 1,
    }


def test_a_body_that_unpacks_to_more_than_the_limit_is_left_out(send: Send, server: EmbeddedServer) -> None:
    send("0" * (module.LARGEST + 1), compression="gzip")
    assert waiting_calls(server.url, "images").skipped == {"a body over 8 MiB": 1}


def test_another_kind_of_broker_is_refused_without_a_password_in_the_text() -> None:
    with pytest.raises(InvalidRequest, match="redis://") as refused:
        waiting_calls("amqp://user:secret@127.0.0.1//", "images")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://:zq/cret@127.0.0.1/0", "redis://:zq[cret@127.0.0.1/0"])
def test_an_address_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidRequest, match="%-encoded") as refused:
        waiting_calls(url, "images")
    assert "zq" not in str(refused.value)


def test_an_empty_queue_and_a_server_that_does_not_answer_are_named(server: EmbeddedServer, store: Client) -> None:
    with pytest.raises(NotFound, match="'images'"):
        waiting_calls(server.url, "images")
    with pytest.raises(BrokerUnreachable):
        waiting_calls("redis://127.0.0.1:1/0", "images")


class _Trap:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (exit, (3,))
