"""The lab can share a server with others, and its keys do not get in each other's way."""

from __future__ import annotations

import inspect
from typing import Any

from services.core.experiment import State
from services.core.report import CurrentTrial
from services.core.timeline import Timeline
from services.store import keys
from services.store.connection import Client
from services.store.control_app import control_app
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from tests.unit.analysis import made
from tests.unit.analysis.references import reference

CONSTANTS = {name: value for name, value in vars(keys).items() if name.isupper() and isinstance(value, str)}
#: The functions that make a key.
FUNCTIONS = {name: each for name, each in inspect.getmembers(keys, inspect.isfunction) if name != keys.is_id.__name__}


def named(function: Any, value: str) -> str:
    """The key for arguments of which the first is `value` and the others are 1."""
    more = list(inspect.signature(function).parameters)[1:]
    return str(function(value, *(1 for _ in more)))


def test_there_are_keys_to_look_at() -> None:
    assert len(CONSTANTS) >= 5
    assert len(FUNCTIONS) >= 8


def test_every_fixed_key_is_the_labs() -> None:
    for key in CONSTANTS.values():
        assert key.startswith("lab:")


def test_every_made_key_is_the_labs_and_reports_what_it_was_made_for() -> None:
    for make in FUNCTIONS.values():
        one, other = named(make, "one"), named(make, "other")
        assert one.startswith("lab:") and other.startswith("lab:")
        assert one != other


def test_no_two_keys_are_the_same() -> None:
    found = [*CONSTANTS.values(), *(named(function, "one") for function in FUNCTIONS.values())]
    assert len(set(found)) == len(found)


def test_all_that_the_lab_leaves_in_a_server_begins_with_its_name(store: Client) -> None:
    ledger = Experiments(store)
    ledger.add_of_preset(made.record(State.QUEUED), made.plan(made.PREFORK), "computing", None)
    ledger.save_trial(made.result(50), Timeline(bars=(), tasks=0))
    ledger.save_nodes("e1", (made.node(),))
    ledger.save_reference("e1", reference())
    ledger.set_now("e1", CurrentTrial(trial=0, cell="threads@2", repeat=0, phase="ping"))
    ledger.ask_cancel("e1")
    ledger.set_aside("e2", "not a Record")
    Nodes(store).announce(made.node())
    Lease(store, keys.lease("e1-0-abc"), "a").take()
    left = store.keys()
    assert len(left) == 16
    assert not [key for key in left if not str(key).startswith("lab:")]


def test_what_the_labs_own_processes_say_to_each_other_stands_apart() -> None:
    conf = control_app("lab", "redis://127.0.0.1:1/0").conf
    assert conf.broker_transport_options["global_keyprefix"] == keys.CONTROL
    assert conf.result_backend_transport_options["global_keyprefix"] == keys.CONTROL
