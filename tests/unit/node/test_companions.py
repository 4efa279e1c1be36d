"""A measured worker gets the addresses of what its workload needs, and of nothing else."""

from __future__ import annotations

from http.client import HTTPConnection

import psutil
import pytest

from services.core.models import Model
from services.node.companions import companions
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.unit.node.rigs import rig, spec
from workloads.builtin.channels import channel

url = "redis://:secret@127.0.0.1:1/0"


def servers() -> list[psutil.Process]:
    """Web servers that this process started."""
    return [one for one in psutil.Process().children() if "services.node.loopback" in one.cmdline()]


def test_a_workload_that_needs_nothing_gets_nothing() -> None:
    with companions((), redis_url=url) as environ:
        assert environ == {}
        assert servers() == []


def test_a_workload_that_needs_redis_gets_its_url_and_no_process_is_started() -> None:
    with companions(["redis"], redis_url=url) as environ:
        assert environ == {"LAB_CHANNEL_REDIS": url}
        assert servers() == []


def test_a_workload_that_needs_a_web_server_has_one_until_the_end_and_does_not_get_the_url() -> None:
    with companions(["http"], redis_url=url) as environ:
        assert list(environ) == ["LAB_HTTP_PORT"]
        assert len(servers()) == 1
        connection = HTTPConnection("127.0.0.1", int(environ["LAB_HTTP_PORT"]))
        connection.request("GET", "/?delay=0&bytes=3")
        assert connection.getresponse().read() == b"xxx"
        connection.close()
    assert servers() == []


def test_a_workload_may_need_both() -> None:
    with companions(["http", "redis"], redis_url=url) as environ:
        assert set(environ) == {"LAB_HTTP_PORT", "LAB_CHANNEL_REDIS"}
    assert servers() == []


def test_the_web_server_ends_when_the_trial_fails() -> None:
    with pytest.raises(ZeroDivisionError), companions(["http"], redis_url=url):
        raise ZeroDivisionError
    assert servers() == []


@pytest.mark.parametrize("model", Model)
def test_a_measured_worker_of_every_model_reaches_redis_and_is_killed_with_its_peers(
    model: Model, server: EmbeddedServer, store: Client
) -> None:
    slots = 1 if model is Model.SEQUENTIAL else 2
    with rig(server, spec(channel, model, slots, kind="redis", exchanges=5)) as worker:
        worker.check(worker.warm(slots))
        peers = [
            one
            for one in psutil.Process(worker.worker.pid).children(recursive=True)
            if "workloads.channel.ends" in one.cmdline()
        ]
        assert len(peers) == slots
    psutil.wait_procs(peers, timeout=10)
    assert not [one for one in peers if one.is_running()]
    assert store.keys("lab:channel:*") == []
