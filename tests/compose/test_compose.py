"""The containers as a user has them: built, scaled to two nodes, asked over REST, killed, restarted, stopped."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compose.conftest import CPUS, MEMORY, SERVICES, Containers

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]

MILLISECONDS = 20
SLOTS = 2
WAIT: dict[str, object] = {
    "workload": "wait",
    "params": {"milliseconds": MILLISECONDS},
    "concurrency": [SLOTS],
    "replicas": [1, 2],
    "effort": "quick",
}


@pytest.fixture(scope="module")
def measured(containers: Containers) -> dict[str, Any]:
    """The report of an experiment on one and on two nodes."""
    containers.whole()
    path = containers.submit(**WAIT, models=["threads", "prefork"], repeats=1)
    return containers.ended(path, 180)


def cells(report: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    return {(cell["model"], cell["replicas"]): cell for cell in report["cells"]}


def names(body: dict[str, Any]) -> list[str]:
    return [node["name"] for node in body["nodes"]]


def finished(report: dict[str, Any]) -> dict[int, float]:
    """Throughput of every trial that was measured, by its place in the plan."""
    trials = [trial for cell in report["cells"] for trial in cell["trials"]]
    return {trial["index"]: trial["throughput"] for trial in trials if not trial["failure"]}


def test_each_node_has_a_name_of_its_own_and_knows_what_it_may_use(lab: Containers) -> None:
    nodes = lab.web.get("/api/v1/nodes").json()["nodes"]
    assert len({node["name"] for node in nodes}) == 2
    for node in nodes:
        assert node["fingerprint"]["quota"] == pytest.approx(CPUS)
        assert node["fingerprint"]["memory_limit"] == MEMORY
        assert node["fingerprint"]["python"].startswith("CPython 3.14")
        assert node["fingerprint"]["store"].startswith("redis 8")


def test_two_nodes_measure_together_and_do_twice_as_much_as_one(lab: Containers, measured: dict[str, Any]) -> None:
    assert measured["state"] == "finished", measured
    assert names(measured["environment"]) == names(lab.web.get("/api/v1/nodes").json())
    found = cells(measured)
    assert sorted(found) == [("prefork", 1), ("prefork", 2), ("threads", 1), ("threads", 2)]
    for (_, replicas), cell in found.items():
        ideal = replicas * SLOTS / (MILLISECONDS / 1000)
        assert 0.5 * ideal < cell["throughput"]["median"] <= ideal, cell
        assert len(cell["trials"][0]["nodes"]) == replicas
    for model in ("threads", "prefork"):
        assert found[model, 2]["throughput"]["median"] > 1.5 * found[model, 1]["throughput"]["median"]


def test_memory_is_sampled_without_being_root(lab: Containers, measured: dict[str, Any]) -> None:
    assert lab.shell("worker", "id -u").strip() != "0"
    for cell in cells(measured).values():
        memory = {name: cell["memory"][name]["median"] for name in ("uss", "pss", "rss")}
        assert 10e6 < memory["uss"] <= memory["pss"] <= memory["rss"], cell
    # A process for every slot, and pages that all of them share.
    assert cells(measured)["prefork", 1]["memory"]["pss"]["median"] < cells(measured)["prefork", 1]["memory"]["rss"]["median"]


@pytest.mark.parametrize("page", ["/", "/nodes", "/experiments", "/experiments/new", "/experiments/{id}"])
def test_a_browser_gets_a_page(lab: Containers, measured: dict[str, Any], page: str) -> None:
    answer = lab.web.get(page.format(id=measured["id"]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<title>" in answer.text
    if "{id}" in page:
        assert all(name in answer.text for name in names(measured["environment"]))


@pytest.mark.usefixtures("measured")
def test_nothing_that_was_measured_is_left_in_a_node(lab: Containers) -> None:
    for node in (1, 2):
        assert lab.shell("worker", "ls -A /dev/shm", node=node) == ""
        assert "services.measured" not in lab.shell("worker", "cat /proc/[0-9]*/cmdline", node=node)


@pytest.mark.usefixtures("measured")
def test_nobody_warns_of_insecurity_or_trips(lab: Containers) -> None:
    said = lab.said("logs", "--no-color", "dashboard", "conductor", "worker")
    assert "SecurityWarning" not in said
    assert "Traceback" not in said


def test_an_experiment_survives_the_death_of_each_part_in_turn(lab: Containers) -> None:
    path = lab.submit(**WAIT, models=["threads"], repeats=10)
    kept: dict[int, float] = {}
    for service in SERVICES:
        # One more than were kept before the last part died: the lab measures again.
        report = lab.eventually(path, lambda report: len(finished(report)) > len(kept), 120)
        assert kept.items() <= finished(report).items()
        assert report["state"] == "running", "the experiment is too short for this test"
        kept = finished(report)
        lab.kill(service)
    report = lab.ended(path, 180)
    assert report["state"] == "finished", report
    assert kept.items() <= finished(report).items()
    assert sorted(finished(report)) == list(range(20))


def test_results_survive_a_restart(lab: Containers, measured: dict[str, Any]) -> None:
    lab.run("restart")
    lab.whole()
    assert lab.web.get(f"/api/v1/experiments/{measured['id']}").json() == measured


def test_every_part_ends_by_itself_when_told_to_stop(lab: Containers) -> None:
    lab.run("stop")
    # 137: the engine lost patience after ten seconds and sent SIGKILL.
    assert set(lab.exits().values()) == {0}, lab.exits()
    assert len(lab.exits()) == 5
