"""Settings from the environment, and their defaults."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.core.addresses import host_name
from services.core.errors import InvalidRequest, Problem
from services.core.units import Seconds

#: Most seconds of LAB_NODE_WAIT: a day.
LONGEST_WAIT = 86_400
#: Experiments that are kept when LAB_KEEP is not set, and the most that it may be.
KEEP = 1000
MOST_KEPT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a process of the lab."""

    #: `redis://…` or `rediss://…` of the ledger; None = find or start the embedded server.
    redis_url: str | None
    #: Address of the broker under test; None = the ledger's server where `redis_url` names one, else an embedded one.
    broker_url: str | None = None
    #: Where the dashboard listens.
    bind: str
    #: This node's name, unique among nodes.
    node: str
    #: Names and addresses that the dashboard is published under, without ports; see `dashboard.hosts`.
    hosts: tuple[str, ...] = ()
    #: How long a trial waits for nodes that it needs and that are missing, while others are there.
    node_wait: Seconds = 60.0
    #: Number of experiments that are kept; the oldest are deleted when there are more.
    keep: int = KEEP

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read the variables LAB_REDIS_URL, LAB_BROKER_URL, LAB_BIND, LAB_NODE, LAB_HOSTS, LAB_NODE_WAIT and LAB_KEEP.

        Raises InvalidRequest, with every problem.
        """
        problems = []
        url = environ.get("LAB_REDIS_URL") or None
        if url is not None and not (_names_a_server(url) and url.startswith(("redis://", "rediss://"))):
            problems.append(Problem("LAB_REDIS_URL", _without_password(url), "must look like redis://host:6379/0"))
        broker_url = environ.get("LAB_BROKER_URL") or None
        if broker_url is not None and not _names_a_server(broker_url):
            problems.append(
                Problem("LAB_BROKER_URL", _without_password(broker_url), "must look like redis://host:6379/0")
            )
        bind = environ.get("LAB_BIND") or "127.0.0.1:8000"
        host, _, port = bind.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            problems.append(Problem("LAB_BIND", bind, "must look like 127.0.0.1:8000"))
        node = environ.get("LAB_NODE") or platform.node() or "node"
        if not all(letter.isalnum() or letter in "-_." for letter in node) or len(node) > 63:
            problems.append(Problem("LAB_NODE", node, "must be at most 63 letters, digits, '-', '_' and '.'"))
        named = [one.strip() for one in environ.get("LAB_HOSTS", "").split(",") if one.strip()]
        hosts = {one: host_name(one) for one in named}
        allowed = "must be names or addresses separated by commas, like lab.example.org,192.168.1.20:8000"
        problems += [Problem("LAB_HOSTS", one, allowed) for one, host in hosts.items() if host is None]
        wait = environ.get("LAB_NODE_WAIT") or "60"
        if not wait.isdecimal() or int(wait) > LONGEST_WAIT:
            problems.append(Problem("LAB_NODE_WAIT", wait, f"must be whole seconds, 0 to {LONGEST_WAIT}"))
        keep = environ.get("LAB_KEEP") or str(KEEP)
        if not keep.isascii() or not keep.isdigit() or len(keep) > 9 or not 1 <= int(keep) <= MOST_KEPT:
            problems.append(Problem("LAB_KEEP", keep, f"must be a whole number from 1 to {MOST_KEPT}"))
        if problems:
            raise InvalidRequest(problems)
        return cls(
            redis_url=url,
            broker_url=broker_url,
            bind=bind,
            node=node,
            hosts=tuple(filter(None, hosts.values())),
            node_wait=float(wait),
            keep=int(keep),
        )


def _without_password(url: str) -> str:
    """Return the scheme only: there may be a password anywhere in the rest."""
    return f"{url.partition('://')[0]}://…" if "://" in url else "…"


def _names_a_server(url: str) -> bool:
    """Return whether it looks like a server's address; `services.broker` knows the schemes that can be under test."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    database = parts.path.strip("/")
    whole = parts.scheme and parts.hostname and port != 0
    return bool(whole and (not database or database.isdecimal()))
