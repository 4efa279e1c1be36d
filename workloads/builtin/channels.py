"""One message there and back, over each channel that a concurrency model offers.

An exchange is the ping-pong of Hockney (Parallel Computing 20, 1994, 389-398): the same message out and back. Half its
time over message sizes n is α + n/β: latency and bandwidth of the channel. Between two threads (variable, queue) a
reference is carried, whatever the size of what it refers to; between two processes a copy. Where the kernel puts the
two ends shows in small messages: to wake one on another core that sleeps takes several times the exchange itself.

At the other end is a peer, which sends back what it gets. A process keeps its peers from task to task, as many as it
ever had tasks at once, so that the warm-up pays for starting them. A peer that is a process is a child of the measured
worker: its memory and its CPU time are in the worker's figures. It ends with its parent, however that ends.
"""

from __future__ import annotations

import atexit
import os
import random
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Annotated

from workloads.channel import ends
from workloads.contract import Cost, OneOf, Within, workload

#: Kinds whose peer is a thread of the same process.
_THREADS = ("variable", "queue")


def _cost(*, kind: str, message_bytes: int, exchanges: int) -> Cost:
    if kind in _THREADS:
        return Cost(held=4e-5 * exchanges)
    # The peer is a process with its own interpreter; the bytes are copied in both directions.
    return Cost(released=(1e-4 + 1.3e-9 * message_bytes) * exchanges, memory=12 * 2**20 + 4 * message_bytes)


@workload(
    family="channels",
    gil="mixed",
    description="Send a message to a peer and get it back: a thread (variable, queue) or a process (the other kinds). "
    "In gevent, threads are greenlets, a wait for a process other than by redis blocks all, and mp_queue cannot run.",
    services=frozenset({"redis"}),
    cost=_cost,
)
def channel(
    *,
    kind: Annotated[str, OneOf(tuple(ends.KINDS), "variable and queue reach a thread, the others a process")] = "pipe",
    message_bytes: Annotated[int, Within(0, ends.LARGEST, "bytes", "Size of the message, the same both ways")] = 1024,
    exchanges: Annotated[int, Within(1, 200, "exchanges", "Messages sent and got back in one task")] = 200,
) -> dict[str, float]:
    """Return the seconds from sending a message until it is back, and its size; without the time to get a peer.

    Raises OSError when the peer is gone, or when other bytes return than were sent: every exchange compares the
    length, the last one at all bytes. Raises RuntimeError when this kind cannot run here.
    """
    try:
        with _borrowed(kind) as peer:
            seconds = peer.exchange(message_bytes, exchanges)
    except (EOFError, OSError) as error:
        raise OSError(f"channel {kind}: {str(error) or 'the peer ended'}") from error
    return {"seconds_per_exchange": seconds, "message_bytes": message_bytes}


class _Peer:
    """The other end of a channel; it serves one task at a time."""

    def __init__(self, kind: str) -> None:
        self._messages = b"", b""
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline = -1
        self._end, theirs = ends.KINDS[kind].offer()
        _alive.add(self)
        with ExitStack() as failed:
            failed.callback(self.close)
            with ExitStack() as given:
                for one in theirs:
                    if not isinstance(one, str):
                        given.callback(one.close)
                if ends.KINDS[kind].join is not None:
                    self._start([kind, *(one if isinstance(one, str) else str(one.fileno()) for one in theirs)])
                self.exchange(0, 1)  # until it has started
            failed.pop_all()

    def exchange(self, size: int, count: int) -> float:
        """Return the mean seconds per exchange over `count` exchanges."""
        if len(self._messages[0]) != size:
            # Two messages in turns: no leftover of an earlier exchange can pass for an answer.
            self._messages = random.Random(0).randbytes(size), random.Random(1).randbytes(size)
        send, receive = self._end.send, self._end.receive
        (sent, other), back = self._messages, b""
        began = perf_counter()
        for _ in range(count):
            sent, other = other, sent
            send(sent)
            back = receive()
            if len(back) != size:
                raise OSError(f"{len(back)} bytes came back, not {size}")
        took = perf_counter() - began
        if back != sent:
            raise OSError(f"{size} bytes came back changed")
        return took / count

    def close(self) -> None:
        """End the peer."""
        _alive.discard(self)
        self._end.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self.let_go()

    def let_go(self) -> None:
        """Close this process's lifeline; the peer lives on while another process holds one."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _start(self, words: list[str]) -> None:
        """Start a fresh interpreter: a forked one would be unsafe beside threads, and is refused in a prefork slot."""
        root = str(Path(__file__).parents[2])
        theirs, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-P", "-m", ends.__name__, *words],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))},
                stdin=theirs,
                pass_fds=[int(word) for word in words if word.isdigit()],
            )
        finally:
            os.close(theirs)


#: Idle peers of this process, the last used one first.
_idle: dict[str, deque[_Peer]] = {kind: deque() for kind in ends.KINDS}
_alive: set[_Peer] = set()
#: Peers of the parent before a fork. Kept: cleaning up could wait for a lock that stays closed after the fork.
_inherited: list[_Peer] = []


@contextmanager
def _borrowed(kind: str) -> Iterator[_Peer]:
    """Yield a peer for one task; it ends if the task fails: a message may still be on its way."""
    _mind_the_end()
    try:
        peer = _idle[kind].pop()
    except IndexError:
        peer = _Peer(kind)
    with ExitStack() as failed:
        failed.callback(peer.close)
        yield peer
        failed.pop_all()
    _idle[kind].append(peer)


@cache
def _mind_the_end() -> None:
    os.register_at_fork(after_in_child=_disown_all)
    atexit.register(_end_all)


def _disown_all() -> None:
    """Forget the parent's peers after a fork, lifelines included: else peers would outlive their parent."""
    _inherited.extend(_alive)
    _alive.clear()
    for peers in _idle.values():
        peers.clear()
    for peer in _inherited:
        peer.let_go()


def _end_all() -> None:
    for peers in _idle.values():
        peers.clear()
    for peer in list(_alive):
        peer.close()
