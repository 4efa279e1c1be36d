"""Workloads that report what a task finds around it, and how it fares with processes of its own."""

from __future__ import annotations

import ctypes
import gc
import logging
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import billiard

from workloads.contract import workload

PR_GET_PDEATHSIG = 2
FILES = Path("/proc/self/fd")


@workload(family="tests", gil="held", description="Describe the surroundings of the task.")
def surroundings() -> dict[str, Any]:
    """All that a task, or a process that it starts, may depend on."""
    root, process = logging.getLogger(), multiprocessing.current_process()
    return {
        "signal handlers": {one.name: _name(signal.getsignal(one)) for one in signal.Signals},
        "blocked signals": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "signal at its parent's death": _at_parents_death(),
        "subprocess: arguments": _in_a_subprocess("sys.argv"),
        "subprocess: inherited files": _in_a_subprocess("sorted(os.listdir('/proc/self/fd'))"),
        **({} if "gevent" in sys.modules else _forked()),
        **({} if "gevent" in sys.modules or process.daemon else _multiprocessing()),
        "leads its session": os.getsid(0) == os.getpid(),
        "standard input": str((FILES / "0").readlink()),
        "inheritable files": sorted(int(one.name) for one in FILES.iterdir() if _inheritable(one)),
        "folder": str(Path.cwd()),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if "RLIMIT_" in name},
        "niceness": os.nice(0),
        "environment": sorted(os.environ),
        "start method": multiprocessing.get_start_method(allow_none=True),
        "process": [process.name, process.daemon, billiard.current_process().name],
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "standard output": [type(sys.stdout).__name__, type(sys.stderr).__name__],
        "log": [root.level, *(type(one).__name__ for one in root.handlers)],
        "warnings": [str(one) for one in warnings.filters],
        "interpreter": [sys.getrecursionlimit(), sys.getswitchinterval(), gc.isenabled(), gc.get_threshold()],
        "search path": sys.path,
    }


def _name(handler: Any) -> str:
    return str(getattr(handler, "__qualname__", handler))


def _at_parents_death() -> int:
    """0: none. For the calling thread."""
    number = ctypes.c_int()
    ctypes.CDLL(None).prctl(PR_GET_PDEATHSIG, ctypes.byref(number))
    return number.value


def _inheritable(file: Path) -> bool:
    try:
        return os.get_inheritable(int(file.name))
    except OSError:  # the folder that is being listed
        return False


def _forked() -> dict[str, str]:
    """Not under gevent: there a bare worker, too, may wait for a forked child forever."""
    return {
        "fork: signal at its parent's death": _in_a_fork(_at_parents_death),
        "fork: handler of SIGTERM": _in_a_fork(lambda: _name(signal.getsignal(signal.SIGTERM))),
    }


def _in_a_fork(ask: Callable[[], object]) -> str:
    """What `ask` returns in a child process."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, str(ask()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        said = file.read()
    os.waitpid(child, 0)
    return said


def _multiprocessing() -> dict[str, object]:
    """Not in prefork: a daemonic process may have no children."""
    return {"pool of processes": _pooled(), "spawned process": _spawned()}


def _in_a_subprocess(expression: str) -> str:
    code = f"import os, sys; print({expression})"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def _spawned() -> str:
    """Whether a process can be started that imports the main module anew."""
    process = multiprocessing.get_context("spawn").Process(target=print)
    process.start()
    process.join(20)
    return f"exit {process.exitcode}"


def _pooled() -> list[int]:
    """Squares from a pool of processes. It is closed and joined: whether `terminate` ends is luck (ADR 16)."""
    pool = multiprocessing.get_context("fork").Pool(2)
    squares = pool.map(_square, range(8))
    pool.close()
    pool.join()
    return squares


def _square(number: int) -> int:
    return number * number
