"""Limits, throttling and memory kills of this process's cgroup, version 1 or 2, from inside a container or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from services.core.units import NANOSECOND, Bytes, Seconds

#: Mount points of the kernel's cgroup trees, and the file that names the folders of this process.
ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
#: Counts of the whole machine.
VMSTAT = Path("/proc/vmstat")
MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True)
class Throttling:
    """Throttling by the CPU quota of one cgroup so far, or between two readings."""

    #: Time for which it stopped the cgroup, added up over CPUs.
    seconds: Seconds = 0.0
    #: Scheduling periods in which it stopped the cgroup, and all in which the cgroup had something to run.
    stopped: int = 0
    periods: int = 0


#: By the folder of the cgroup.
Throttlings: TypeAlias = Mapping[Path, Throttling]


def cpu_quota(root: Path = ROOT, own: Path = OWN) -> float | None:
    """Cores this cgroup may use; None = no limit."""
    limits = [_quota_v2(place) for place in _places("", root, own)]
    limits += [_quota_v1(place) for place in _places("cpu", root, own)]
    return min((limit for limit in limits if limit is not None), default=None)


def memory_limit(root: Path = ROOT, own: Path = OWN) -> Bytes | None:
    """Bytes this cgroup may use; None = no limit."""
    files = [place / "memory.max" for place in _places("", root, own)]
    files += [place / "memory.limit_in_bytes" for place in _places("memory", root, own)]
    limits = [int(text) for file in files if (text := _read(file)) and text != "max"]
    # Version 1 writes "no limit" as a number near 2**63.
    return min((limit for limit in limits if limit < 1 << 60), default=None)


def throttlings(root: Path = ROOT, own: Path = OWN) -> Throttlings:
    """Totals of this process's cgroup and those around it since they were made; empty where none counts them."""
    found: dict[Path, Throttling] = {}
    for place in (*_places("", root, own), *_places("cpu", root, own)):
        fields = dict(line.split() for line in _read(place / "cpu.stat").splitlines())
        if "nr_periods" in fields:
            # Microseconds in version 2, nanoseconds in version 1.
            microseconds, nanoseconds = int(fields.get("throttled_usec", 0)), int(fields.get("throttled_time", 0))
            found[place] = Throttling(
                seconds=microseconds * MICROSECOND + nanoseconds * NANOSECOND,
                stopped=int(fields.get("nr_throttled", 0)),
                periods=int(fields["nr_periods"]),
            )
    return found


def throttled(before: Throttlings, after: Throttlings) -> Throttling:
    """Between two readings, of the cgroup that was stopped in the most periods: several may have a quota, and the
    time in which one is stopped is in that of the other."""
    changes = (
        Throttling(
            seconds=now.seconds - then.seconds, stopped=now.stopped - then.stopped, periods=now.periods - then.periods
        )
        for place, now in after.items()
        if (then := before.get(place)) is not None
    )
    return max(changes, key=lambda change: (change.stopped, change.periods), default=Throttling())


def oom_kills(root: Path = ROOT, own: Path = OWN, machine: Path = VMSTAT) -> int:
    """Processes that the kernel has killed for lack of memory: in this cgroup, or on the machine where none counts."""
    files = [place / "memory.events" for place in _places("", root, own)]
    files += [place / "memory.oom_control" for place in _places("memory", root, own)]
    for file in (*files, machine):
        fields = dict(line.split() for line in _read(file).splitlines())
        if "oom_kill" in fields:
            return int(fields["oom_kill"])
    return 0


def _places(controller: str, root: Path, own: Path) -> tuple[Path, ...]:
    """Folders of this process's cgroup for a version 1 controller, or "" for version 2, and of those around it.

    A limit may be set on any of them. Inside a container the path in /proc may name the host's tree: then there is
    only the root of the mount.
    """
    found: list[Path] = []
    for line in _read(own).splitlines():
        _, controllers, path = line.split(":", 2)
        if (controllers == "") if controller == "" else (controller in controllers.split(",")):
            mounts = [root] if controller == "" else [root / controller, root / controllers]
            inside = PurePosixPath(path.lstrip("/"))
            found += [mount / part for mount in mounts for part in (inside, *inside.parents)]
    # Controllers that share a tree are one folder under two names.
    return tuple({place.resolve(): place for place in found if place.is_dir()})


def _quota_v2(place: Path) -> float | None:
    parts = _read(place / "cpu.max").split()
    return int(parts[0]) / int(parts[1]) if len(parts) == 2 and parts[0] != "max" else None


def _quota_v1(place: Path) -> float | None:
    quota, period = _read(place / "cpu.cfs_quota_us"), _read(place / "cpu.cfs_period_us")
    return int(quota) / int(period) if quota and period and int(quota) > 0 else None


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
