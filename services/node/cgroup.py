"""Limits and throttling of this process's cgroup, version 1 or 2, as seen from inside a container or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.core.units import Bytes, Seconds

ROOT = Path("/sys/fs/cgroup")
MICROSECOND = 1e-6


@dataclass(frozen=True, slots=True)
class Throttling:
    """How long, and in how many periods, the CPU quota stopped this cgroup so far."""

    seconds: Seconds
    periods: int


def cpu_quota() -> float | None:
    """Cores this cgroup may use; None = no limit."""
    limits = [_quota_v2(place) for place in _places("")] + [_quota_v1(place) for place in _places("cpu")]
    return min((limit for limit in limits if limit is not None), default=None)


def memory_limit() -> Bytes | None:
    """Bytes this cgroup may use; None = no limit."""
    files = [place / "memory.max" for place in _places("")]
    files += [place / "memory.limit_in_bytes" for place in _places("memory")]
    limits = [int(text) for file in files if (text := _read(file)) and text != "max"]
    # Version 1 writes "no limit" as a number near 2**63.
    return min((limit for limit in limits if limit < 1 << 60), default=None)


def throttling() -> Throttling:
    """Totals since the cgroup was made; zeros where there is no quota."""
    for place in (*_places(""), *_places("cpu")):
        fields = dict(line.split() for line in _read(place / "cpu.stat").splitlines())
        if "throttled_usec" in fields:
            return Throttling(int(fields["throttled_usec"]) * MICROSECOND, int(fields["nr_throttled"]))
        if "throttled_time" in fields:
            return Throttling(int(fields["throttled_time"]) * 1e-9, int(fields["nr_throttled"]))
    return Throttling(0.0, 0)


def _places(controller: str) -> tuple[Path, ...]:
    """Folders of this process's cgroup for a version 1 controller, or "" for version 2; nearest first.

    Inside a container the path in /proc names the host's tree, so the root of the mount is looked at too.
    """
    found = []
    for line in _read(Path("/proc/self/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        if (controllers == "") if controller == "" else (controller in controllers.split(",")):
            roots = [ROOT] if controller == "" else [ROOT / controller, ROOT / controllers]
            found += [root / path.lstrip("/") for root in roots]
            found += roots
    return tuple(place for place in dict.fromkeys(found) if place.is_dir())


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
