"""The lab's own queues: a message that is no order of the lab is set aside before Celery sees it.

Celery and kombu end the worker on a message of the wrong shape and put it back to the head of the queue, so the next
worker ends as well (docs/adr/0015).
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from kombu.transport import redis

from services.core.codec import Unreadable, from_data, from_json
from services.core.safe_text import plain

#: The transport option that holds a Refuse.
OPTION = "refuse"
#: Sets a message aside: name of the queue, the message as text, the reason.
Refuse: TypeAlias = Callable[[str, str, str], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """Headers of an order, as `send_task` writes them (Celery message protocol 2); the lab uses no other feature."""

    task: str
    id: str
    lang: Literal["py"]
    root_id: str | None
    parent_id: str | None
    retries: Literal[0]
    timelimit: tuple[None, None]
    argsrepr: str
    kwargsrepr: str
    eta: None = None
    expires: None = None
    group: None = None
    group_index: None = None
    shadow: None = None
    #: A compressed body of 200 kB may have 200 MB.
    compression: None = None
    ignore_result: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where an order was sent."""

    exchange: str
    routing_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """Properties of an order, as kombu's Redis transport writes them."""

    correlation_id: str
    delivery_tag: str
    delivery_info: Delivery
    body_encoding: Literal["base64"]
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An order on its way."""

    headers: Headers
    properties: Properties
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """Options for work after the task: none."""

    callbacks: None = None
    errbacks: None = None
    chain: None = None
    chord: None = None


def check(message: object) -> None:
    """Raise Unreadable when `message`, parsed JSON, is not an order that the lab could have sent."""
    envelope = from_data(Envelope, message)
    assert isinstance(message, dict)
    kind = (message.get("content-type"), message.get("content-encoding"))
    if kind != ("application/json", "utf-8"):
        raise Unreadable(f"not JSON in UTF-8: content type {kind[0]!r}, encoding {kind[1]!r}")
    try:
        body = base64.b64decode(envelope.body, validate=True)
    except ValueError as error:
        raise Unreadable(f"the body is not base64: {error}") from error
    from_json(tuple[list[Any], dict[str, Any], Embed], body)


class GuardedChannel(redis.Channel):
    """Reads a queue; text that is not JSON does not end the worker."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            # From kombu's `loads`: `Transport._deliver` raises none of these.
            text = getattr(error, "doc", None) or getattr(error, "object", "")
            self.connection.refuse("", text, f"not JSON: {error}")
            return True


class Transport(redis.Transport):
    """kombu's Redis transport for the lab's own queues; needs transport option OPTION to receive."""

    Channel = GuardedChannel

    def refuse(self, queue: str, message: object, reason: str) -> None:
        """Set a message aside."""
        text = message if isinstance(message, str) else json.dumps(message, default=str)
        log.warning("a message on queue %s is no order and is set aside: %s", plain(queue), plain(reason))
        refuse: Refuse = self.client.transport_options[OPTION]  # type: ignore[union-attr]
        refuse(queue, text, reason)

    def _deliver(self, message: object, queue: str) -> None:
        try:
            check(message)
        except Unreadable as error:
            self.refuse(queue, message, str(error))
            return
        try:
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            self.refuse(queue, message, f"{type(error).__name__}: {error}")
