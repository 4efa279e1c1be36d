"""One connection pool a process, and Redis errors turned into the lab's."""

from __future__ import annotations

import logging
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from redis import Redis, exceptions

from services.core.codec import Unreadable
from services.core.errors import StoreUnreachable
from services.core.safe_text import plain
from services.core.units import Seconds

log = logging.getLogger(__name__)

Client: TypeAlias = Redis


def connect(url: str, *, timeout: Seconds = 5.0) -> Client:
    """Return a client of the server at `url`; nothing is sent before its first use."""
    client = Redis.from_url(url, decode_responses=True, socket_timeout=timeout, socket_connect_timeout=timeout)
    # After an error the traceback ties the client into a cycle, and its socket would be collected unclosed.
    weakref.finalize(client, client.connection_pool.disconnect)
    return client


@contextmanager
def reaching() -> Iterator[None]:
    """Turns what redis raises inside into StoreUnreachable, with the reason; a key of another type into Unreadable."""
    try:
        yield
    except exceptions.AuthenticationError as error:
        raise StoreUnreachable(f"Redis refuses the password, or wants one: {error}") from error
    except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
        raise StoreUnreachable(f"Redis does not answer: {error}") from error
    except exceptions.ResponseError as error:
        if "WRONGTYPE" in str(error):
            raise Unreadable(f"not of the type that the lab stores: {plain(error)}") from error
        raise StoreUnreachable(f"Redis cannot serve the lab: {error}") from error
    except exceptions.RedisError as error:
        raise StoreUnreachable(f"Redis cannot serve the lab: {error}") from error


def wait_until_reached(client: Client, *, pause: Seconds = 0.5) -> None:
    """Wait until the server answers; for processes that have nothing to do without it."""
    while True:
        try:
            with reaching():
                client.ping()
                return
        except StoreUnreachable as error:
            log.warning("%s; trying again", error)
            time.sleep(pause)
