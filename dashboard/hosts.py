"""The names and addresses under which the dashboard may be asked for.

A site whose name an attacker's DNS points at this machine passes for the lab's own page in a browser ("DNS
rebinding"). The browser sends that site's name as `Host`, so a closed list of names ends the attack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from services.core.addresses import WILDCARDS, host_name, is_address, is_loopback
from services.core.safe_text import plain
from services.core.settings import Settings

#: Characters of a refused name that are repeated in the refusal.
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The allowed values of `Host`. The loopback's names are always allowed: no DNS decides where they lead."""

    names: frozenset[str] = frozenset()
    #: Also every IP address in digits, for the same reason.
    any_address: bool = False

    def allows(self, header: str | None) -> bool:
        """Return whether a request with this Host header is answered. Its port is ignored: another may be published."""
        host = None if header is None else host_name(header)
        if host is None:
            return False
        return host in self.names or is_loopback(host) or (self.any_address and is_address(host))


LOOPBACK: Final = Hosts()


class UnknownHost(BadRequest):
    """The request names a host that is not on the list."""

    @property
    def name(self) -> str:
        """For programs, as `unknown_host`."""
        return "Unknown Host"


def allowed(settings: Settings) -> Hosts:
    """Return the hosts for these settings: LAB_HOSTS and the address it listens on.

    Listening on every interface names no host: then any IP address is allowed, unless LAB_HOSTS is set.
    """
    bind = host_name(settings.bind)
    wildcard = bind in WILDCARDS
    own = () if bind is None or wildcard else (bind,)
    return Hosts(names=frozenset((*settings.hosts, *own)), any_address=wildcard and not settings.hosts)


def register(app: Flask, hosts: Hosts) -> None:
    """Let `app` answer no request for another host."""

    @app.before_request
    def refuse_other_hosts() -> None:
        header = request.headers.get("Host")
        if not hosts.allows(header):
            shown = "without a name" if header is None else f"as {plain(header, _LONGEST)}"
            raise UnknownHost(
                f"The dashboard cannot be asked for {shown}. "
                "Open it as localhost, or add the name it is published under to LAB_HOSTS where it is started"
            )
