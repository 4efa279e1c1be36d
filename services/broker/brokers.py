"""The brokers that can be under test, by the scheme of their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from services.broker.contract import Broker
from services.broker.redis import RedisBroker
from services.core.errors import InvalidRequest, Problem

BROKERS: Final[Mapping[str, Callable[[str], Broker]]] = {"redis": RedisBroker, "rediss": RedisBroker}


def broker_at(url: str) -> Broker:
    """Return the broker at `url`; nothing is sent before its first use. Raises InvalidRequest."""
    scheme = urlsplit(url).scheme
    if scheme not in BROKERS:
        schemes = " or ".join(f"{one}://" for one in BROKERS)
        raise InvalidRequest([Problem("LAB_BROKER_URL", f"{scheme}://…", f"must begin with {schemes}")])
    return BROKERS[scheme](url)
