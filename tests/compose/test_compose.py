"""The containers as a user has them: built, scaled to two nodes, asked over REST, killed, restarted, stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.compose.containers import CPUS, MEMORY, Containers

# The first test's time includes the build.
pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]

ON_ONE_AND_TWO: dict[str, object] = {
    "workload": "wait",
    "models": ["threads"],
    "concurrency": [2],
    "replicas": [1, 2],
    "effort": "quick",
}


def cells(report: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    return {(cell["model"], cell["replicas"]): cell for cell in report["cells"]}


def names(body: dict[str, Any]) -> list[str]:
    return [node["name"] for node in body["nodes"]]


def throughputs(report: dict[str, Any]) -> dict[int, float]:
    """Of every trial that was measured, by its place in the plan."""
    trials = [trial for cell in report["cells"] for trial in cell["trials"]]
    return {trial["index"]: trial["throughput"] for trial in trials if not trial["failure"]}


def more_than(kept: dict[int, float]) -> Callable[[dict[str, Any]], bool]:
    return lambda report: len(throughputs(report)) > len(kept)


def test_each_node_has_a_name_of_its_own_and_knows_what_it_may_use(lab: Containers) -> None:
    body = lab.web.get("/api/v1/nodes").json()
    assert len(set(names(body))) == 2
    for node in body["nodes"]:
        assert node["fingerprint"]["quota"] == pytest.approx(CPUS)
        assert node["fingerprint"]["memory_limit"] == MEMORY
        assert node["fingerprint"]["python"].startswith("CPython 3.14.")
        assert node["fingerprint"]["ledger"].startswith("redis 8.")
        assert node["fingerprint"]["broker"].startswith("redis 8."), "a server of its own"


def test_two_nodes_measure_one_experiment_together(lab: Containers, measured: dict[str, Any]) -> None:
    assert measured["state"] == "finished", measured
    assert names(measured["environment"]) == names(lab.web.get("/api/v1/nodes").json())
    found = cells(measured)
    assert sorted(found) == [("prefork", 1), ("prefork", 2), ("threads", 1), ("threads", 2)]
    for (_, replicas), cell in found.items():
        assert len(cell["trials"][0]["nodes"]) == replicas
        # Two slots a node wait 20 ms a task.
        assert 50 * replicas < cell["throughput"]["estimate"] <= 100 * replicas, cell


@pytest.mark.parametrize("model", ["threads", "prefork"])
def test_two_nodes_wait_twice_as_often_as_one(measured: dict[str, Any], model: str) -> None:
    one, two = cells(measured)[model, 1], cells(measured)[model, 2]
    assert two["throughput"]["estimate"] / one["throughput"]["estimate"] > 1.5


def test_memory_is_sampled_without_root(lab: Containers, measured: dict[str, Any]) -> None:
    assert lab.shell("id -u", service="worker").strip() != "0"
    memory = {
        at: {name: figure["peak"]["estimate"] for name, figure in cell["memory"].items()}
        for at, cell in cells(measured).items()
    }
    assert all(10e6 < one["uss"] <= one["pss"] <= one["rss"] for one in memory.values()), memory
    # Its processes share pages: RSS counts them once for each.
    assert memory["prefork", 1]["pss"] < 0.8 * memory["prefork", 1]["rss"]


@pytest.mark.parametrize("page", ["/", "/nodes", "/experiments", "/experiments/new", "/experiments/{id}"])
def test_a_browser_gets_a_page(lab: Containers, measured: dict[str, Any], page: str) -> None:
    answer = lab.web.get(page.format(id=measured["id"]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<title>" in answer.text
    if page in ("/nodes", "/experiments/{id}"):
        assert all(name in answer.text for name in names(measured["environment"]))


def test_a_page_of_another_site_cannot_reach_the_published_port_by_dns(lab: Containers) -> None:
    rebound = {"Host": "evil.test:8000", "Origin": "http://evil.test:8000"}
    assert lab.web.get("/api/v1/experiments", headers=rebound).status_code == 400
    refused = lab.web.post("/api/v1/experiments", headers=rebound, json={"workload": "primes"})
    assert refused.status_code == 400 and "LAB_HOSTS" in refused.text
    assert lab.web.get("/api/v1/health", headers={"Host": "localhost:8000"}).status_code == 200


def test_no_part_can_gain_privileges_or_change_its_own_files(lab: Containers) -> None:
    for service in ("dashboard", "conductor", "worker", "redis", "broker"):
        status = dict(line.split(":\t", 1) for line in lab.shell("cat /proc/1/status", service=service).splitlines())
        assert status["NoNewPrivs"] == "1", service
        if service != "redis":
            assert int(status["CapBnd"], 16) == 0, service
        assert lab.shell("touch /usr/changed 2>&1 || echo refused", service=service).endswith("refused\n"), service
        assert lab.inspected(service)["HostConfig"]["PidsLimit"] > 0, service


def test_ledger_and_broker_are_in_networks_without_a_way_out_or_in(lab: Containers) -> None:
    (network,) = lab.inspected("redis")["NetworkSettings"]["Networks"]
    assert network.endswith("_store")
    assert set(lab.inspected("dashboard")["NetworkSettings"]["Networks"]) == {network, network.replace("store", "web")}
    assert lab.is_internal(network)
    (broker,) = lab.inspected("broker")["NetworkSettings"]["Networks"]
    assert broker.endswith("_broker")
    assert lab.is_internal(broker)
    for service in ("conductor", "worker"):
        assert set(lab.inspected(service)["NetworkSettings"]["Networks"]) == {network, broker}
    assert not lab.is_internal(network.replace("store", "web"))


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("number", [1, 2])
def test_nothing_that_was_measured_is_left_in_a_node(lab: Containers, number: int) -> None:
    assert lab.shell("find /dev/shm /tmp -mindepth 1", service="worker", number=number) == ""
    assert "concurrency_lab_inside" not in lab.shell("cat /proc/[0-9]*/cmdline", service="worker", number=number)


@pytest.mark.usefixtures("measured")
def test_no_part_warns_of_its_security_or_trips(lab: Containers) -> None:
    said = lab.said("logs", "--no-color", "dashboard", "conductor", "worker")
    assert "SecurityWarning" not in said
    assert "Traceback" not in said


def test_an_experiment_survives_the_death_of_each_part_in_turn(lab: Containers) -> None:
    path = lab.submit(**ON_ONE_AND_TWO, repeats=5)
    kept: dict[int, float] = {}
    for service in ("redis", "conductor", "worker", "dashboard"):
        # One more than before the last death: the lab measures again.
        report = lab.eventually(path, more_than(kept), 120)
        assert report["state"] == "running", "over before everything was killed: ask for more repeats"
        assert kept.items() <= throughputs(report).items()
        kept = throughputs(report)
        lab.kill(service)
    report = lab.ended(path)
    assert report["state"] == "finished", report
    assert kept.items() <= throughputs(report).items()
    assert len(throughputs(report)) == 10


@pytest.mark.usefixtures("measured")
def test_the_broker_keeps_nothing_of_a_trial_and_has_no_file(lab: Containers) -> None:
    assert lab.shell("redis-cli --scan --pattern 'lab:measured:*'", service="broker") == ""
    assert lab.shell("find /data -mindepth 1", service="broker") == ""


def test_the_loss_of_the_broker_fails_a_trial_and_the_experiment_goes_on(lab: Containers) -> None:
    path = lab.submit(**ON_ONE_AND_TWO, repeats=2)
    kept = throughputs(lab.eventually(path, more_than({}), 60))
    lab.kill("broker")
    report = lab.ended(path)
    assert report["state"] == "finished", report
    assert kept.items() <= throughputs(report).items()
    failures = [trial["failure"] for cell in report["cells"] for trial in cell["trials"] if trial["failure"]]
    assert len(failures) <= 1 and all("broker" in failure for failure in failures), failures


def test_an_experiment_is_stopped_in_no_time_and_goes_on_later(lab: Containers) -> None:
    path = lab.submit(**ON_ONE_AND_TWO, repeats=2)
    kept = throughputs(lab.eventually(path, more_than({}), 60))
    lab.compose("stop")
    exits = lab.exits()
    assert len(exits) == 6
    # That is SIGKILL: the engine's patience ends after ten seconds.
    assert 137 not in exits.values(), exits
    lab.compose("start")
    report = lab.ended(path)
    assert report["state"] == "finished", report
    assert kept.items() <= throughputs(report).items()
    assert len(throughputs(report)) == 4


def test_results_survive_a_restart_of_everything(lab: Containers, measured: dict[str, Any]) -> None:
    lab.compose("restart")
    lab.await_healthy()
    assert lab.web.get(f"/api/v1/experiments/{measured['id']}").json() == measured
