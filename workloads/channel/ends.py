"""The two ends of every channel of `channel`: the task's, and the peer's, which is `python -m workloads.channel.ends`.

Nothing here has a name that could be left behind, but for keys in Redis, and those expire.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from mmap import mmap
from queue import Queue
from threading import Condition, Lock, Thread
from time import time
from typing import Any, NamedTuple, TypeAlias

from workloads.channel.resp import Connection

LARGEST = 4 * 1024 * 1024
#: Seconds without an answer until a task gives its peer up (at most twice that), where the channel does not report it.
PATIENCE = 15
#: Seconds until Redis forgets a message that was not fetched.
KEPT = 60


class End(NamedTuple):
    """One end of a channel. `receive` raises EOFError or OSError when the other end is gone, `send` may."""

    send: Callable[[bytes], object]
    receive: Callable[[], bytes]
    #: Also ends a peer that is a thread.
    close: Callable[[], object]


#: The task's end; and what the peer's is made from: files that it inherits, and words.
Offer: TypeAlias = tuple[End, tuple[Any, ...]]


class _Variable:
    """A shared variable under a lock, and a condition to wait for a new value."""

    def __init__(self) -> None:
        self._changed = Condition(Lock())
        self._new = False
        self._value: Any = None

    def put(self, value: Any) -> None:
        with self._changed:
            self._value, self._new = value, True
            self._changed.notify()

    def get(self) -> Any:
        with self._changed:
            while not self._new:
                self._changed.wait()
            self._new = False
            return self._value


def _variable() -> Offer:
    return _thread(_Variable(), _Variable()), ()


def _queue() -> Offer:
    return _thread(Queue(), Queue()), ()


def _thread(there: Any, back: Any) -> End:
    """Make a channel to a new thread of this process."""

    def echo() -> None:
        while (message := there.get()) is not None:
            back.put(message)

    Thread(target=echo, name="channel-peer", daemon=True).start()
    return End(there.put, back.get, lambda: there.put(None))


def _pipe() -> Offer:
    """Make two pipes, framed by `multiprocessing.connection`."""
    from multiprocessing import Pipe

    (there, to_peer), (from_peer, back) = Pipe(duplex=False), Pipe(duplex=False)
    return _over(from_peer, to_peer), (there, back)


def _join_pipe(there: str, back: str) -> End:
    return _over(*_opened(there, back))


def _unix_socket() -> Offer:
    """Make a pair of Unix stream sockets, framed like the pipes."""
    from multiprocessing import Pipe

    mine, theirs = Pipe()
    for end in (mine, theirs):
        os.set_blocking(end.fileno(), True)  # gevent makes them non-blocking
    return _over(mine, mine), (theirs,)


def _join_unix_socket(both: str) -> End:
    (end,) = _opened(both)
    return _over(end, end)


def _mp_queue() -> Offer:
    """Make two `multiprocessing.Queue`."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("threading"):
        raise RuntimeError("channel mp_queue cannot run in a gevent worker: the queue's own thread would be a greenlet")
    from multiprocessing import Pipe

    (there, to_peer), (from_peer, back) = Pipe(duplex=False), Pipe(duplex=False)
    return _over_queues(from_peer, to_peer), (there, back)


def _join_mp_queue(there: str, back: str) -> End:
    return _over_queues(*_opened(there, back))


def _opened(*files: str) -> list[Any]:
    from multiprocessing import connection

    return [connection.Connection(int(file)) for file in files]


def _over(reader: Any, writer: Any) -> End:
    def close() -> None:
        reader.close()
        writer.close()

    return End(writer.send_bytes, reader.recv_bytes, close)


def _over_queues(reader: Any, writer: Any) -> End:
    """Make a queue at this process's end of each pipe.

    A queue is a pipe, a thread that feeds it, and three semaphores. To share them it takes a child of
    `multiprocessing`, which a prefork slot may not have. They keep several readers, or writers, apart and count towards
    a limit; with one of each and no limit nothing ever waits for them, so each process may as well have its own.
    """
    from multiprocessing import get_context
    from multiprocessing.queues import Queue as ProcessQueue

    context = get_context("fork")  # takes the names off its semaphores at once

    def over(end: Any) -> Any:
        queue = ProcessQueue.__new__(ProcessQueue)
        # As it is pickled: ignore_epipe, maxsize, reader, writer, rlock, wlock, sem, opid.
        state: Any = (True, 0, end, end, context.Lock(), context.Lock(), context.Semaphore(2**30), os.getpid())
        queue.__setstate__(state)
        return queue

    puts, gets = over(writer), over(reader)

    def close() -> None:
        puts.close()  # its thread closes the writer: closed earlier, the descriptor could be another file's
        reader.close()

    return End(puts.put, gets.get, close)


def _shared_memory() -> Offer:
    """Shared memory as in `multiprocessing.shared_memory`, without a name: one copy in and one out per direction."""
    file = os.fdopen(os.memfd_create("lab-channel"), "r+b", buffering=0)
    file.truncate(2 * _Lane.size)
    there, back = _lanes(file.fileno())
    there.clear()
    back.clear()
    return End(there.put, back.get, lambda: None), (file,)


def _join_shared_memory(file: str) -> End:
    there, back = _lanes(int(file))
    return End(back.put, there.get, lambda: None)


def _lanes(file: int) -> tuple[_Lane, _Lane]:
    memory = mmap(file, 2 * _Lane.size)
    return _Lane(memory, 0), _Lane(memory, _Lane.size)


class _Lane:
    """One direction of shared memory: a semaphore that both processes use, a length, room for one message."""

    size = 4096 + LARGEST

    def __init__(self, memory: mmap, start: int) -> None:
        self._memory, self._body = memory, start + 4096
        self._filled = (ctypes.c_byte * 64).from_buffer(memory, start)  # a sem_t: 32 bytes at the most
        self._length = ctypes.c_uint64.from_buffer(memory, start + 64)
        self._until = (ctypes.c_long * 2)()  # a struct timespec
        self._libc = ctypes.CDLL(None, use_errno=True)

    def clear(self) -> None:
        self._libc.sem_init(self._filled, 1, 0)

    def put(self, message: bytes) -> None:
        self._length.value = len(message)
        self._memory[self._body : self._body + len(message)] = message
        self._libc.sem_post(self._filled)

    def get(self) -> bytes:
        patient = True
        while self._libc.sem_timedwait(self._filled, self._until):
            if ctypes.get_errno() == errno.EINTR:
                continue
            if not patient:
                raise TimeoutError(f"nothing came for {PATIENCE} s")
            # The deadline of an earlier wait is mostly still ahead: this saves a read of the clock per exchange.
            self._until[0], patient = int(time()) + PATIENCE, False
        return self._memory[self._body : self._body + self._length.value]


def _redis() -> Offer:
    """Make two lists with LPUSH and BRPOP, as Celery's broker uses them.

    The server writes each push to its append-only file, if it keeps one: the lab's does, that time is in the figure.
    """
    name = f"lab:channel:{secrets.token_hex(8)}"
    return _over_lists(f"{name}:back", f"{name}:there"), (name,)


def _join_redis(name: str) -> End:
    return _over_lists(f"{name}:there", f"{name}:back")


def _over_lists(mine: str, theirs: str) -> End:
    connection = Connection(patience=PATIENCE + 5)

    def send(message: bytes) -> None:
        connection.run(("LPUSH", theirs, message), ("EXPIRE", theirs, str(KEPT)))

    def receive() -> bytes:
        (popped,) = connection.run(("BRPOP", mine, str(PATIENCE)))
        if popped is None:
            raise TimeoutError(f"nothing came for {PATIENCE} s")
        message: bytes = popped[1]
        return message

    return End(send, receive, connection.close)


class Kind(NamedTuple):
    """How a channel is opened, and how a peer in another process joins it; a thread joins at once."""

    offer: Callable[[], Offer]
    join: Callable[..., End] | None = None


KINDS = {
    "variable": Kind(_variable),
    "queue": Kind(_queue),
    "pipe": Kind(_pipe, _join_pipe),
    "mp_queue": Kind(_mp_queue, _join_mp_queue),
    "shared_memory": Kind(_shared_memory, _join_shared_memory),
    "unix_socket": Kind(_unix_socket, _join_unix_socket),
    "redis": Kind(_redis, _join_redis),
}


def _echo(kind: str, *words: str) -> None:
    """Be a peer until the parent dies: only the parent has the other end of standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def end_with_parent() -> None:
        os.read(0, 1)
        os._exit(0)

    Thread(target=end_with_parent, daemon=True).start()
    join = KINDS[kind].join
    assert join is not None
    end = join(*words)
    with suppress(EOFError, ConnectionError):
        while True:
            with suppress(TimeoutError):
                end.send(end.receive())


if __name__ == "__main__":
    _echo(*sys.argv[1:])
