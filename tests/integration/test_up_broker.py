"""The broker under test of a lab on one machine: its own server, or one that the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.core.errors import BrokerUnreachable
from services.lab.one_machine import Local
from services.store.connection import connect
from services.store.server import EmbeddedServer
from tests.integration.up import settings


def test_the_embedded_broker_keeps_nothing_on_disk(local: Callable[..., Local], tmp_path: Path) -> None:
    with local(settings()) as here, connect(here.broker_url) as client:
        assert here.broker_url != here.redis_url
        client.set("task", "queued")
        assert client.info("persistence")["aof_enabled"] == 0
        assert client.config_get("save")["save"] == ""
    assert not [file for file in tmp_path.rglob("*") if file.suffix in (".rdb", ".aof") and "store" not in file.parts]


def test_a_redis_that_its_user_names_is_measured_too_and_the_user_is_warned(
    local: Callable[..., Local], tmp_path: Path, said: list[str]
) -> None:
    with EmbeddedServer(tmp_path / "elsewhere") as server, local(settings(redis_url=server.url)) as here:
        assert here.broker_url == server.url
    assert any("LAB_BROKER_URL" in line for line in said)


def test_a_broker_that_its_user_names_is_measured_with_a_ledger_of_the_labs_own(
    local: Callable[..., Local], tmp_path: Path, said: list[str]
) -> None:
    with EmbeddedServer(tmp_path / "elsewhere") as server, local(settings(broker_url=server.url)) as here:
        assert here.broker_url == server.url
        assert here.redis_url != server.url
    assert said == []


def test_a_broker_that_does_not_answer_is_reported_at_the_start(
    local: Callable[..., Local], tmp_path: Path, nothing_is_left: Callable[[Path], bool]
) -> None:
    with pytest.raises(BrokerUnreachable, match="does not answer"):
        local(settings(broker_url="redis://127.0.0.1:1/0")).__enter__()
    assert nothing_is_left(tmp_path / "data")
