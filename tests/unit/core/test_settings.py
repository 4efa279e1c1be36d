"""What can be set from outside."""

from __future__ import annotations

import platform

import pytest

from services.core.errors import InvalidRequest
from services.core.settings import Settings


def told(**environ: str) -> list[str]:
    with pytest.raises(InvalidRequest) as caught:
        Settings.read(environ)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("environ", [{}, {"LAB_REDIS_URL": "", "LAB_BIND": "", "LAB_NODE": ""}], ids=["unset", "empty"])
def test_nothing_needs_to_be_set(environ: dict[str, str]) -> None:
    assert Settings.read(environ) == Settings(redis_url=None, bind="127.0.0.1:8000", node=platform.node())


def test_the_wait_for_missing_nodes_is_whole_seconds_up_to_a_day() -> None:
    assert Settings.read({}).node_wait == 60
    assert Settings.read({"LAB_NODE_WAIT": "0"}).node_wait == 0
    for wait in ("-1", "1.5", "soon", "86401"):
        assert told(LAB_NODE_WAIT=wait) == [f"LAB_NODE_WAIT: must be whole seconds, 0 to 86400 (got {wait!r})"]


def test_the_store_may_be_any_redis_server() -> None:
    for url in [
        "redis://redis:6379/0",
        "redis://redis",
        "redis://redis/",
        "rediss://:s3cret@db.example:6380/1",
        "redis://user:p%40ss%2Fword@10.0.0.1:6379/15",
        "redis://[::1]:6379/0",
    ]:
        assert Settings.read({"LAB_REDIS_URL": url}).redis_url == url


def test_a_url_that_names_no_redis_server_is_refused_without_being_shown() -> None:
    for url in [
        "http://:s3cret@redis:6379/0",
        "redis:s3cret@redis",
        "s3cret@redis:6379",
        "s3cret",
        "redis://:s3cret@/0",
        "redis://:s3cret",
        "redis://:s3cret/@redis:6379/0",
        "redis://:s3cret@redis:port/0",
        "redis://:s3cret@redis:0/0",
        "redis://:s3cret@redis:99999/0",
        "redis://:s3cret@redis:6379/zero",
        "redis://:s3cret@redis:6379/-1",
        "redis://:s3cret@[::1/0",
        "http://redis?password=s3cret",
        "unix://:s3cret@/run/redis.sock",
    ]:
        (line,) = told(LAB_REDIS_URL=url)
        assert line.startswith("LAB_REDIS_URL: must look like redis://host:6379/0 (got ")
        assert "s3cret" not in line


def test_enough_of_a_wrong_url_is_shown_to_know_it_again() -> None:
    assert told(LAB_REDIS_URL="http://redis:6379/0")[0].endswith("(got 'http://…')")


def test_a_broker_under_test_is_named_apart_from_the_ledger() -> None:
    assert Settings.read({"LAB_REDIS_URL": "redis://ledger"}).broker_url is None
    read = Settings.read({"LAB_REDIS_URL": "redis://ledger", "LAB_BROKER_URL": "rediss://:s3cret@broker:6380/1"})
    assert (read.redis_url, read.broker_url) == ("redis://ledger", "rediss://:s3cret@broker:6380/1")


def test_a_broker_without_a_whole_address_is_refused_without_being_shown() -> None:
    for url in ["broker", "redis://", "redis://:s3cret@broker:port", "redis://:s3cret@broker/zero"]:
        (line,) = told(LAB_BROKER_URL=url)
        assert line.startswith("LAB_BROKER_URL: must look like redis://host:6379/0 (got ")
        assert "s3cret" not in line


def test_the_dashboard_may_listen_anywhere() -> None:
    for bind in ["0.0.0.0:80", "localhost:65535", "[::]:8000"]:
        assert Settings.read({"LAB_BIND": bind}).bind == bind


def test_an_address_without_host_or_port_is_refused() -> None:
    for bind in ["8000", ":8000", "localhost", "localhost:", "h:0", "h:65536", "h:-1", "h:http", "h:²"]:
        assert told(LAB_BIND=bind) == [f"LAB_BIND: must look like 127.0.0.1:8000 (got {bind!r})"]


def test_a_node_may_have_any_plain_name() -> None:
    for node in ["a", "rack-7_b.example", "x" * 63]:
        assert Settings.read({"LAB_NODE": node}).node == node


def test_a_name_that_could_be_mistaken_for_something_else_is_refused() -> None:
    for node in ["a b", "a*", "a,b", "a\n", "<b>", "x" * 64]:
        assert told(LAB_NODE=node) == [f"LAB_NODE: must be at most 63 letters, digits, '-', '_' and '.' (got {node!r})"]


def test_hosts_are_read_without_ports_brackets_and_spaces() -> None:
    said = " lab.example.org, LAB:8000,[FD00:0::1]:80 ,fd00::2,, 10.0.0.7:80"
    assert Settings.read({"LAB_HOSTS": said}).hosts == ("lab.example.org", "lab", "fd00::1", "fd00::2", "10.0.0.7")


def test_a_host_that_no_browser_could_send_is_refused() -> None:
    for host in ["http://lab.example.org", "*", "a b", "lab.example.org/", "[lab]", "lab:http"]:
        allowed = "must be names or addresses separated by commas, like lab.example.org,192.168.1.20:8000"
        assert told(LAB_HOSTS=f"localhost,{host}") == [f"LAB_HOSTS: {allowed} (got {host!r})"]


def test_all_that_is_wrong_is_reported_at_once() -> None:
    assert [line.split(":")[0] for line in told(LAB_REDIS_URL="x", LAB_BIND="x", LAB_NODE=" ")] == [
        "LAB_REDIS_URL",
        "LAB_BIND",
        "LAB_NODE",
    ]


def test_the_number_of_kept_experiments_is_a_whole_number() -> None:
    assert Settings.read({}).keep == 1000
    assert Settings.read({"LAB_KEEP": "7"}).keep == 7
    for keep in ("0", "-1", "x", "1.5", "٣", "9" * 5000):
        with pytest.raises(InvalidRequest, match="LAB_KEEP: must be a whole number from 1 to 1000000"):
            Settings.read({"LAB_KEEP": keep})
