"""What the lab says of an experiment before it runs."""

from __future__ import annotations

from dataclasses import replace

from services.core.experiment import Experiment, State
from services.core.forecast import Forecast
from services.core.models import Model
from services.lab.door import Lab
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.unit.dashboard import made
from tests.unit.dashboard.labs import lab_at
from tests.unit.dashboard.ledger import Ledger

ASKED: dict[str, object] = {"workload": "primes", "models": ["threads", "prefork"], "concurrency": [1, 2], "repeats": 5}


def forecast(lab: Lab, **changes: object) -> Forecast:
    return lab.forecast(ASKED | changes)


def measured(ledger: Ledger, id: str, **changes: object) -> Experiment:
    """A finished experiment whose throughput scatters by about 1 %."""
    asked = replace(made.experiment(id), **changes)  # type: ignore[arg-type]
    ledger.keep(asked, made.results(asked))
    return asked


def test_a_new_lab_assumes_a_scatter_and_states_that_it_does(server: EmbeddedServer, store: Client) -> None:
    with lab_at(server.url) as lab:
        found = forecast(lab)
    assert (found.scatter, found.scatter_from, found.memory_limit) == (0.03, 0, None)
    assert found.lines[0].startswith("20 trials: 4 cells × 5 repeats, about ")
    assert "by what the workload declares" in found.lines[0]
    assert "(assuming that it scatters by 3 %; too few earlier trials of family python)" in found.lines[1]
    assert "no node is known to compare it with" in found.lines[2]


def test_earlier_trials_of_the_family_say_what_can_be_seen(server: EmbeddedServer, store: Client) -> None:
    ledger = Ledger(store)
    measured(ledger, "e1")
    measured(ledger, "e2", workload="mandelbrot", params={"size": 48, "iterations": 200})
    measured(ledger, "e3", workload="wait", params={"milliseconds": 20})
    with lab_at(server.url) as lab:
        assumed, found = forecast(lab, workload="echo"), forecast(lab)
    assert found.scatter_from == 2 and 0.005 < found.scatter < 0.02
    assert "(it scattered by 0.8 % in the last 2 experiments of family python)" in found.lines[1]
    assert found.difference is not None and assumed.difference is not None
    assert found.difference < assumed.difference


def test_the_length_follows_earlier_trials_of_the_workload(server: EmbeddedServer, store: Client) -> None:
    with lab_at(server.url) as lab:
        slow: dict[str, object] = {"params": {"limit": 2_000_000}, "models": ["threads"], "concurrency": [2]}
        declared = forecast(lab, **slow)
        asked = replace(made.experiment("e1"), params={"limit": 2_000_000}, models=(Model.THREADS,), concurrency=(2,))
        results = [
            replace(one, figures=replace(one.figures, throughput=0.05))
            for one in made.results(asked)
            if one.figures is not None
        ]
        Ledger(store).keep(asked, results)
        found = forecast(lab, **slow)
    assert not declared.measured_before and found.measured_before
    assert "by earlier trials of this workload here" in found.lines[0]
    assert found.seconds > 3 * declared.seconds


def test_an_experiment_that_did_not_finish_reports_nothing(server: EmbeddedServer, store: Client) -> None:
    asked = made.experiment("e1")
    Ledger(store).keep(asked, made.results(asked), state=State.CANCELLED)
    with lab_at(server.url) as lab:
        assert forecast(lab).scatter_from == 0


def test_rates_and_single_cells_have_no_difference_to_see(server: EmbeddedServer, store: Client) -> None:
    with lab_at(server.url) as lab:
        assert forecast(lab, load={"rate": [10.0]}).difference is None
        assert forecast(lab, models=["threads"], concurrency=[1]).difference is None
        assert forecast(lab, repeats=1).difference is None
        one, two = forecast(lab), forecast(lab, params={"limit": [1000, 2000]})
    assert one.difference == two.difference, "cells are compared within a variant"


def test_nodes_of_one_machine_may_share_its_memory(server: EmbeddedServer, store: Client) -> None:
    ledger = Ledger(store)
    for name in ("a", "b"):
        ledger.nodes.announce(made.node(name))
    asked: dict[str, object] = {
        "workload": "allocate",
        "params": {"megabytes": 256},
        "models": ["threads"],
        "concurrency": [12],
    }
    with lab_at(server.url) as lab:
        assert forecast(lab, **asked).confirm == ""
        both = forecast(lab, **asked, replicas=[2]).confirm
    assert both == "threads@12x2 needs about 6.1 GiB on 2 nodes of one machine, of 8 GiB: more than half of the memory."
