"""Host names and addresses in one spelling, so that they can be compared."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

#: The host and the port of `lab.example`, `10.0.0.7:8000`, `[::1]:8000`.
_HOST: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
#: Listening on one of them is listening on every interface.
WILDCARDS: Final = frozenset({"0.0.0.0", "::"})


def host_name(text: str) -> str | None:
    """Return the name or address in `HOST` or `HOST:PORT` in lower case, without port and brackets.

    None where it holds neither.
    """
    if bare := _literal(text):
        return str(bare)
    match = _HOST.fullmatch(text)
    if match is None:
        return None
    bracketed, name = match.groups()
    if bracketed is None:
        return str(_literal(name) or name.lower())
    inside = _literal(bracketed)
    return str(inside) if isinstance(inside, IPv6Address) else None


def is_address(host: str) -> bool:
    """Return whether a host is an IP address written in digits: DNS has no part in reaching it."""
    return _literal(host) is not None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine for every machine: `localhost`, 127.0.0.0/8, ::1."""
    literal = _literal(host)
    return host == "localhost" if literal is None else literal.is_loopback


def _literal(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
