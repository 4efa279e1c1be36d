"""The ends of channels that cannot tell by themselves that nobody is at the other, and what they leave in Redis."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest

from services.store.connection import Client, connect
from services.store.server import EmbeddedServer
from tests.live import free_port
from workloads.builtin.channels import channel
from workloads.channel import ends


@pytest.fixture(autouse=True)
def service(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a node provides it."""
    monkeypatch.setenv("LAB_CHANNEL_REDIS", server.url)


@pytest.mark.parametrize("kind", ["shared_memory", "redis"])
def test_a_task_gives_up_when_its_peer_is_gone_without_notice(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "PATIENCE", 1)
    end, theirs = ends.KINDS[kind].offer()
    end.send(b"to nobody")
    with pytest.raises(TimeoutError, match="nothing came for 1 s"):
        end.receive()
    end.close()
    for file in theirs:
        if not isinstance(file, str):
            file.close()


def test_a_message_that_no_one_fetches_from_redis_expires(store: Client) -> None:
    end, (name,) = ends.KINDS["redis"].offer()
    end.send(b"lost")
    end.close()
    (key,) = store.keys()
    assert key == f"{name}:there" and str(name).startswith("lab:channel:")
    assert 0 < int(str(store.ttl(key))) <= ends.KEPT


def test_redis_is_reached_as_its_url_says(
    store: Client, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.acl_setuser("lab", enabled=True, passwords=["+p@ss/w:rd"], categories=["+@all"], keys=["lab:channel:*"])
    place = urlsplit(server.url)
    url = f"redis://lab:{quote('p@ss/w:rd', safe='')}@{place.hostname}:{place.port}/7"
    monkeypatch.setenv("LAB_CHANNEL_REDIS", url)
    end, (name,) = ends.KINDS["redis"].offer()
    end.send(b"lost")
    end.close()
    store.acl_deluser("lab")
    assert store.keys() == []
    with connect(f"{server.url.removesuffix('/0')}/7") as seventh:
        assert seventh.keys() == [f"{name}:there"]
        seventh.flushdb()


@pytest.mark.parametrize(
    ("url", "error", "complaint"),
    [
        ("", RuntimeError, "LAB_CHANNEL_REDIS is not set"),
        ("rediss://:secret@127.0.0.1:1/0", RuntimeError, "reaches a server at redis://, not at rediss://"),
        ("redis://:secret@127.0.0.1:{free}/0", OSError, "channel redis: .*refused"),
        ("redis://:secret@127.0.0.1:{server}/0", OSError, "channel redis: Redis refuses: WRONGPASS"),
    ],
)
def test_redis_out_of_reach_is_reported_without_its_password(
    url: str, error: type[Exception], complaint: str, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = {"free": free_port(), "server": urlsplit(server.url).port}
    monkeypatch.setenv("LAB_CHANNEL_REDIS", url.format(**ports))
    with pytest.raises(error, match=complaint) as caught:
        channel.function(kind="redis")
    assert "secret" not in str(caught.value)
