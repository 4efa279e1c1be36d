"""Who keeps the conductor's leases, in a real store."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from services.conductor.lease_keeper import LeaseKeeper
from services.store import keys
from services.store.connection import Client, connect
from services.store.durable import DurableServer
from services.store.nodes import LEASE_LIFETIME, Lease
from tests.live import until

KEY = keys.CONDUCTOR
TRIAL = keys.lease("e1-0-abc")
#: Between two renewals, in seconds.
BEAT = 0.02
Keep: TypeAlias = Callable[..., LeaseKeeper]


@pytest.fixture
def keep(store: Client) -> Iterator[Keep]:
    """Makes a keeper of the conductor's lease for a holder."""
    keepers = []

    def made(holder: str, lost: Callable[[], None] = lambda: pytest.fail("lost")) -> LeaseKeeper:
        keepers.append(LeaseKeeper(Lease(store, KEY, holder), lost=lost, beat=BEAT))
        return keepers[-1]

    yield made
    for keeper in keepers:
        keeper.stop()


def renewed(store: Client, key: str) -> None:
    """Comes back when a lease that was about to run out has its whole time again."""
    store.pexpire(key, 1000)
    until(lambda: store.pttl(key) > (LEASE_LIFETIME - 1) * 1000, seconds=5)


def test_a_free_lease_is_taken_and_renewed_until_a_stop(keep: Keep, store: Client) -> None:
    keeper = keep("first")
    keeper.start()
    assert store.get(KEY) == "first"
    renewed(store, KEY)
    renewed(store, KEY)
    keeper.stop()
    assert store.get(KEY) is None


def test_a_second_conductor_waits_until_the_first_frees_its_lease_and_logs_that_once(
    keep: Keep, store: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    first, second = keep("first"), keep("second")
    first.start()
    waiting = threading.Thread(target=second.start)
    waiting.start()
    until(lambda: "another conductor is at work" in caplog.text, seconds=5)
    renewed(store, KEY)
    assert waiting.is_alive()
    first.stop()
    waiting.join(5)
    assert store.get(KEY) == "second"
    assert caplog.text.count("another conductor is at work") == 1


def test_a_second_conductor_starts_when_the_first_has_died(keep: Keep, store: Client) -> None:
    Lease(store, KEY, "dead").take()
    waiting = threading.Thread(target=keep("second").start)
    waiting.start()
    store.pexpire(KEY, 50)
    waiting.join(5)
    assert store.get(KEY) == "second"


def test_a_conductor_that_waits_can_be_asked_to_stop(keep: Keep, store: Client) -> None:
    Lease(store, KEY, "first").take()
    second = keep("second")
    waiting = threading.Thread(target=second.start)
    waiting.start()
    second.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    assert store.get(KEY) == "first"


def test_a_conductor_whose_lease_another_has_learns_it_once_and_takes_it_no_more(keep: Keep, store: Client) -> None:
    lost: list[str] = []
    keep("first", lambda: lost.append("first")).start()
    store.set(KEY, "second", px=200)
    until(lambda: lost, seconds=5)
    until(lambda: not store.exists(KEY), seconds=5)
    assert lost == ["first"]
    threading.Event().wait(0.1)
    assert not store.exists(KEY)


def test_the_lease_of_a_trial_is_kept_inside_and_free_after(keep: Keep, store: Client) -> None:
    keeper = keep("first")
    keeper.start()
    with keeper.keeping(Lease(store, TRIAL, "first")):
        assert store.get(TRIAL) == "first"
        renewed(store, TRIAL)
        renewed(store, KEY)
    assert not store.exists(TRIAL)
    assert store.get(KEY) == "first"


def test_the_lease_of_a_trial_is_free_after_an_error_too(keep: Keep, store: Client) -> None:
    with pytest.raises(ZeroDivisionError), keep("first").keeping(Lease(store, TRIAL, "first")):
        raise ZeroDivisionError
    assert not store.exists(TRIAL)


def test_a_store_that_goes_away_and_comes_back_costs_the_conductor_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lost: list[bool] = []
    with DurableServer(tmp_path) as server, connect(server.url) as client:
        keeper = LeaseKeeper(Lease(client, KEY, "first"), lost=lambda: lost.append(True), beat=BEAT)
        keeper.start()
        server.kill()
        until(lambda: "Redis does not answer" in caplog.text, seconds=10)
        server.start()
        renewed(client, KEY)
        assert lost == []
        server.kill()
        keeper.stop()


def test_a_conductor_that_starts_before_its_store_waits_for_it_and_blames_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = DurableServer(tmp_path)
    with connect(server.url) as client:
        keeper = LeaseKeeper(Lease(client, KEY, "first"), lost=lambda: None, beat=BEAT)
        waiting = threading.Thread(target=keeper.start)
        waiting.start()
        until(lambda: "Redis does not answer" in caplog.text, seconds=10)
        with server:
            waiting.join(10)
            assert client.get(KEY) == "first"
            keeper.stop()
    assert "another conductor" not in caplog.text
