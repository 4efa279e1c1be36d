"""Under which names and addresses the dashboard answers."""

from __future__ import annotations

import pytest

from dashboard.app import create_app
from dashboard.hosts import Hosts, allowed
from services.core.settings import Settings
from services.lab.door import Lab

LOOPBACK = ("localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:1", "127.8.0.1", "[::1]", "[::1]:8000", "[0:0::1]:8")
FOREIGN = (
    "evil.test",
    "evil.test:8000",
    "localhost.evil.test",
    "127.0.0.1.evil.test",
    "0.0.0.0.evil.test",
    "dashboard",
)
MALFORMED = (
    None,
    "",
    ":8000",
    "localhost:port",
    "localhost,evil.test",
    "evil.test@localhost",
    "[::1",
    "[localhost]",
    "a b",
)


def hosts(bind: str, **environ: str) -> Hosts:
    return allowed(Settings.read({"LAB_BIND": bind, **environ}))


@pytest.mark.parametrize("bind", ["127.0.0.1:80", "localhost:80", "[::1]:80", "10.0.0.7:80", "0.0.0.0:80", "[::]:80"])
def test_wherever_it_listens_the_loopback_is_allowed_and_no_name_that_dns_may_lead_here(bind: str) -> None:
    assert [host for host in LOOPBACK if not hosts(bind).allows(host)] == []
    assert [host for host in (*FOREIGN, *MALFORMED) if hosts(bind).allows(host)] == []


@pytest.mark.parametrize(
    ("bind", "host"),
    [
        ("10.0.0.7:8000", "10.0.0.7:8000"),
        ("[fe80::7]:8000", "[FE80::7]:8000"),
        ("lab.example:80", "Lab.Example:90"),
    ],
)
def test_the_address_it_listens_on_is_allowed(bind: str, host: str) -> None:
    assert hosts(bind).allows(host)


def test_on_every_interface_an_address_in_digits_is_allowed_unless_hosts_are_named() -> None:
    assert hosts("0.0.0.0:8000").allows("192.168.1.20:8000") and hosts("[::]:8000").allows("[fd00::1]:8000")
    assert not hosts("0.0.0.0:8000", LAB_HOSTS="localhost").allows("192.168.1.20:8000")
    assert not hosts("127.0.0.1:8000").allows("192.168.1.20:8000")


def test_names_in_lab_hosts_are_allowed_with_any_port_beside_the_own_addresses() -> None:
    named = hosts("10.0.0.7:8000", LAB_HOSTS="lab.example.org, 192.168.1.20:8000,fd00::1")
    for host in (
        "lab.example.org",
        "LAB.example.org:443",
        "192.168.1.20",
        "[fd00::1]:80",
        "10.0.0.7",
        "localhost:8000",
    ):
        assert named.allows(host), host
    assert not named.allows("www.lab.example.org") and not named.allows("example.org")


def test_a_request_for_another_host_changes_nothing_and_the_refusal_names_the_setting(lab: Lab) -> None:
    web = create_app(lab).test_client()
    answer = web.post("/api/v1/claims/gil/measure", base_url="http://evil.example:8000")
    assert answer.status_code == 400
    assert answer.json is not None and answer.json["error"]["kind"] == "unknown_host"
    assert "evil.example" in answer.json["error"]["message"] and "LAB_HOSTS" in answer.json["error"]["message"]
    assert lab.experiments().lines == ()


@pytest.mark.parametrize("path", ["/", "/static/lab.css", "/experiments/new", "/api/v1/experiments", "/nothing"])
def test_no_page_and_no_file_is_answered_under_another_name(lab: Lab, path: str) -> None:
    answer = create_app(lab).test_client().get(path, base_url="http://evil.example")
    assert answer.status_code == 400 and "LAB_HOSTS" in answer.text
