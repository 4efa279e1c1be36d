"""The fingerprint of this node: its machine and software."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

from services.core.environment import Fingerprint, Machine
from services.node import cgroup


def take(*, ledger: str, broker: str | None) -> Fingerprint:
    """Return the fingerprint, with names and versions of the servers. `broker` None: the ledger's server."""
    memory = psutil.virtual_memory().total
    return Fingerprint(
        cpu_model=_cpu_model(),
        cores=psutil.cpu_count() or 1,
        affinity=len(os.sched_getaffinity(0)),
        quota=cgroup.cpu_quota(),
        memory_limit=min(memory, cgroup.memory_limit() or memory),
        kernel=f"{platform.system()} {platform.release()}",
        boot=Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        celery=version("celery"),
        kombu=version("kombu"),
        gevent=version("gevent"),
        ledger=ledger,
        broker=broker,
    )


def this_machine() -> Machine:
    """Return the machine of this process, by the same calls as a Redis server uses."""
    name = os.uname()
    return Machine(
        kernel=f"{name.sysname} {name.release} {name.machine}",
        memory=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
    )


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
