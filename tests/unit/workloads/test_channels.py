"""Every kind of channel carries a message there and back, whole; peers are kept, and none outlives its process."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.live import until
from workloads.builtin import channels
from workloads.channel import ends

parameters = {one.name: one for one in channels.channel.parameters}
kinds = parameters["kind"].choices
between_processes = [kind for kind in kinds if kind not in ("variable", "queue")]
every_kind = pytest.mark.parametrize("kind", kinds)
every_kind_between_processes = pytest.mark.parametrize("kind", between_processes)


@pytest.fixture(autouse=True)
def no_peers(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """There are none before the test, and none after it."""
    monkeypatch.setenv("LAB_CHANNEL_REDIS", server.url)
    channels._end_all()
    yield
    channels._end_all()


def run(kind: str, *, message_bytes: int = 100, exchanges: int = 3) -> dict[str, float]:
    result: Any = channels.channel.function(kind=kind, message_bytes=message_bytes, exchanges=exchanges)
    return dict(result)


def idle(kind: str) -> list[channels._Peer]:
    """Peers that wait for a task."""
    return list(channels._idle[kind])


def processes() -> set[int]:
    """Peers of this process that are processes."""
    return {one.pid for one in psutil.Process().children() if ends.__name__ in one.cmdline()}


def tampered(kind: str, monkeypatch: pytest.MonkeyPatch, **calls: Any) -> None:
    """Replace what the kept peer's end does."""
    monkeypatch.setattr(idle(kind)[0], "_end", idle(kind)[0]._end._replace(**calls))


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def script(text: str, *options: str) -> subprocess.Popen[str]:
    """A Python of its own, in which `run` runs a task; it may read until it is told to end."""
    start = "import os, signal, sys\nfrom workloads.builtin.channels import channel\nrun = channel.function\n"
    return subprocess.Popen(
        [sys.executable, *options, "-c", start + text],
        cwd=Path(channels.__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(one: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert one.stdout is not None
    return one.stdout.readline().strip()


@every_kind
def test_a_message_of_any_size_returns_whole_itself_from_a_thread_a_copy_from_a_process(kind: str) -> None:
    run(kind)
    (peer,) = idle(kind)
    for size in (0, 1, 16_385, 65_535, 65_536, 65_537, ends.LARGEST, 100, 0):
        message = random.Random(size).randbytes(size)
        peer._end.send(message)
        back = peer._end.receive()
        assert back == message
        assert size < 2 or (back is message) == (kind not in between_processes)


@every_kind
def test_a_task_sends_as_many_messages_of_that_size_as_asked_for_none_like_the_one_before(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(kind)
    sent: list[bytes] = []
    send = idle(kind)[0]._end.send

    def noted(message: bytes) -> None:
        sent.append(message)
        send(message)

    tampered(kind, monkeypatch, send=noted)
    assert run(kind, message_bytes=50, exchanges=7)["message_bytes"] == 50
    assert [len(message) for message in sent] == [50] * 7
    assert all(one != other for one, other in pairwise(sent))


@every_kind
def test_it_returns_the_seconds_of_one_exchange_and_a_later_task_has_nothing_else_to_do(kind: str) -> None:
    run(kind, message_bytes=65_536)
    began = time.perf_counter()
    seconds = run(kind, message_bytes=65_536, exchanges=200)["seconds_per_exchange"]
    took = time.perf_counter() - began
    assert 0.5 * took < seconds * 200 < took


damages: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "flipped": (lambda message: message[:-1] + bytes([message[-1] ^ 1]), "100 bytes came back changed"),
    "shorter": (lambda message: message[:-1], "99 bytes came back, not 100"),
    "longer": (lambda message: message + b"x", "101 bytes came back, not 100"),
}


@pytest.mark.parametrize("damage", damages)
@every_kind
def test_a_message_damaged_on_its_way_is_noticed_and_its_peer_ended(
    kind: str, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged, complaint = damages[damage]
    run(kind)
    send = idle(kind)[0]._end.send
    tampered(kind, monkeypatch, send=lambda message: send(damaged(message)))
    with pytest.raises(OSError, match=f"channel {kind}: {complaint}"):
        run(kind)
    assert idle(kind) == []
    assert processes() == set()


@every_kind
def test_a_new_peer_whose_first_exchange_fails_is_ended(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels._Peer, "exchange", lambda *_: os.close(-1))
    with pytest.raises(OSError, match=f"channel {kind}: .*Bad file descriptor"):
        run(kind)
    assert (processes(), channels._alive) == (set(), set())


@every_kind
def test_an_answer_to_an_earlier_message_is_not_taken_for_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(kind)
    receive = idle(kind)[0]._end.receive
    answers: list[bytes] = []

    def late() -> bytes:
        answers.append(receive())
        return answers[0]

    tampered(kind, monkeypatch, receive=late)
    with pytest.raises(OSError, match="100 bytes came back changed"):
        run(kind, exchanges=2)


@every_kind
def test_a_peer_is_kept_for_the_next_task(kind: str) -> None:
    found = []
    for size in (10, 20, 30):
        run(kind, message_bytes=size)
        found.append((idle(kind), processes()))
    assert found[0] == found[1] == found[2]
    assert [len(each) for each in found[0]] == [1, kind in between_processes]


@every_kind
def test_tasks_at_the_same_time_have_peers_of_their_own_and_later_ones_take_them_over(kind: str) -> None:
    with ExitStack() as stack:
        three = {stack.enter_context(channels._borrowed(kind)) for _ in range(3)}
    assert len(three) == 3
    with ThreadPoolExecutor(3) as pool:
        sizes = [size * 1000 for size in range(12)]
        results = pool.map(lambda size: run(kind, message_bytes=size, exchanges=20), sizes)
        assert [result["message_bytes"] for result in results] == sizes
    assert set(idle(kind)) == three


@pytest.mark.parametrize("kind", ["pipe", "mp_queue", "unix_socket"])
def test_a_task_whose_peer_was_killed_reports_it_at_once_and_the_next_one_has_a_new_peer(kind: str) -> None:
    run(kind)
    (peer,) = processes()
    psutil.Process(peer).kill()
    with pytest.raises(OSError, match=f"channel {kind}: (.*Broken pipe|.*reset by peer|the peer ended)"):
        run(kind)
    run(kind)
    assert len(processes()) == 1 and peer not in processes()


@every_kind_between_processes
def test_the_terminals_ctrl_c_does_not_end_a_peer(kind: str) -> None:
    run(kind)
    before = processes()
    for peer in before:
        os.kill(peer, signal.SIGINT)
    run(kind)
    run(kind)
    assert processes() == before


def slot(kind: str) -> tuple[int, set[int]]:
    """As a prefork slot: how many peers it inherits, and its own after a task."""
    assert multiprocessing.current_process().daemon, "it could have children of `multiprocessing`"
    inherited = len(idle(kind))
    run(kind)
    return inherited, processes()


@every_kind
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_slot_has_peers_of_its_own_and_leaves_its_parents_alone(kind: str) -> None:
    run(kind)
    before = processes()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        inherited, own = pool.apply(slot, (kind,))
    assert inherited == 0
    assert len(own) == (kind in between_processes)
    assert own.isdisjoint(before)
    until(lambda: all(map(is_gone, own)), seconds=10)
    run(kind)
    assert processes() == before


def named_memory(pid: int) -> list[str]:
    """Shared memory and semaphores that a process has mapped and that have a name."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return [line for line in lines if "/dev/shm/" in line and not line.endswith("(deleted)")]


@every_kind_between_processes
def test_a_peer_killed_with_its_parent_in_the_middle_of_an_exchange_leaves_nothing(kind: str, store: Client) -> None:
    with script(f"while True: run(kind={kind!r}, message_bytes=1 << 20); print(flush=True)") as one:
        said(one)
        (peer,) = psutil.Process(one.pid).children(recursive=True)  # and nobody who minds its shared memory
        assert [*named_memory(one.pid), *named_memory(peer.pid)] == []
        one.kill()
    until(lambda: is_gone(peer.pid), seconds=10)
    for key in store.scan_iter():
        assert str(key).startswith("lab:channel:")
        assert -2 != store.ttl(key) != -1


@every_kind_between_processes
def test_an_idle_peer_dies_with_its_parent_even_if_a_fork_of_that_lives_on(kind: str) -> None:
    with script(f"run(kind={kind!r})\nif fork := os.fork(): print(fork, flush=True)\nsignal.pause()") as one:
        fork = psutil.Process(int(said(one)))
        (peer,) = (child for child in psutil.Process(one.pid).children() if child != fork)
        one.kill()
        until(lambda: is_gone(peer.pid), seconds=10)
        assert not is_gone(fork.pid)
        fork.kill()


def test_a_process_that_ends_by_itself_ends_its_peers_first_and_without_an_error() -> None:
    text = f"for kind in {kinds!r}: run(kind=kind)\nprint(flush=True)\nsys.stdin.read()"
    with script(text, "-X", "dev", "-W", "error") as one:
        said(one)
        peers = psutil.Process(one.pid).children()
        assert len(peers) == len(between_processes)
        for peer in peers:
            peer.suspend()
        assert one.communicate() == ("", "")
        assert one.returncode == 0
        assert all(is_gone(peer.pid) for peer in peers)


def test_under_gevent_every_kind_runs_but_mp_queue_which_states_why_not() -> None:
    greenlets = "from gevent import monkey; monkey.patch_all()\n"
    others = [kind for kind in kinds if kind != "mp_queue"]
    with script(f"{greenlets}for kind in {others!r}: run(kind=kind)\nprint('ran')\nrun(kind='mp_queue')") as one:
        out, complaint = one.communicate()
    assert out == "ran\n", complaint
    assert "RuntimeError: channel mp_queue cannot run in a gevent worker" in complaint


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "telepathy"), ("message_bytes", -1), ("message_bytes", 4 * 1024 * 1024 + 1), ("exchanges", 0)],
)
def test_what_no_channel_can_do_is_refused(name: str, value: int | str) -> None:
    assert parameters[name].problem(value) is not None
