"""Reads the JSON body of a request."""

from __future__ import annotations

import json
from typing import NoReturn

from flask import request

from services.core.errors import MalformedRequest


def json_body() -> object:
    """The parsed body. Raises MalformedRequest, and RequestEntityTooLarge.

    The content type is insisted on: a page of another site cannot send it without asking the browser first.
    """
    if not request.is_json:
        sent = request.content_type or "no content type"
        raise MalformedRequest(f"send JSON with Content-Type: application/json (got {sent})")
    try:
        return json.loads(request.get_data(), parse_constant=_no_number)
    except RecursionError:
        raise MalformedRequest("the body is nested too deeply") from None
    except ValueError as error:
        raise MalformedRequest(f"the body is not JSON: {error}") from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
