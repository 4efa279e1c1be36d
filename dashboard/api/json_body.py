"""Reads the JSON body of a request."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, NoReturn

from flask import request

from services.core.errors import MalformedRequest

#: Levels of nesting; a request has three.
DEEPEST: Final = 20


def json_body() -> object:
    """Return the parsed body. Raises MalformedRequest, and RequestEntityTooLarge.

    The content type is insisted on: a page of another site cannot send it without asking the browser first.
    """
    if not request.is_json:
        sent = request.content_type or "no content type"
        raise MalformedRequest(f"send JSON with Content-Type: application/json (got {sent})")
    try:
        body = json.loads(request.get_data(), parse_constant=_no_number)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise MalformedRequest(f"the body is not JSON: {error}") from error
    if _deeper(body, DEEPEST):
        raise _too_deep()
    return body


def _deeper(body: object, levels: int) -> bool:
    """Return whether lists and objects are nested in more than so many levels; level by level, so without recursion."""
    level = [body]
    for _ in range(levels):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return False
    return any(isinstance(one, dict | list) for one in level)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> MalformedRequest:
    return MalformedRequest(f"the body is nested too deeply: {DEEPEST} levels of lists and objects are allowed")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
