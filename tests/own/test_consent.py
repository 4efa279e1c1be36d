"""The words that a user reads before a task is called."""

from __future__ import annotations

from services.own.application import TriedCall
from services.own.consent import about_calls, other_hosts, what_it_did


def test_hosts_that_are_not_this_machine_are_named_once() -> None:
    addresses = ("redis://:**@redis.prod.example:6379/0", "sentinel://10.0.0.1:1, sentinel://10.0.0.2:1", "rpc://", "")
    assert other_hosts(addresses) == ("redis.prod.example", "10.0.0.1", "10.0.0.2")
    assert other_hosts(["redis://localhost/0", "redis://127.0.0.1:6379", "db+sqlite:///results.sqlite"]) == ()
    assert other_hosts(["redis://:a[b@h/0", "redis://far.example"]) == ("far.example",)


def test_what_one_call_did_is_named_with_lines_and_children() -> None:
    tried = TriedCall(
        state="SUCCESS",
        error="",
        seconds=0.1,
        seen={"connects to 10.0.0.7:5432": "shop/db.py:3"},
        children={"thumb": 2, "audit": 1},
    )
    assert list(what_it_did(tried)) == [
        "One call connects to 10.0.0.7:5432 (shop/db.py:3).",
        "It sent 3 messages, kept and not run: audit 1, thumb 2.",
    ]


def test_every_slot_is_called_at_least_four_times_however_long_a_call_takes() -> None:
    assert about_calls(60.0, trials=3, window=1.0, slots=2) == 24
