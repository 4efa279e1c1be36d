"""The one place where errors become HTTP: a status, and a message as a page or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from services.core import errors as lab
from services.core.codec import Unreadable
from services.core.safe_text import plain

#: By the nearest class above an error; every class is named here, so that none gets a status by accident.
STATUS: Final[Mapping[type[lab.LabError], int]] = {
    lab.MalformedRequest: 400,
    lab.InvalidRequest: 422,
    lab.NotFound: 404,
    lab.Conflict: 409,
    lab.Cancelled: 409,
    lab.Interrupted: 503,
    lab.Unreachable: 503,
    lab.TrialFailed: 500,
    lab.CannotStart: 500,
    Unreadable: 500,
}
#: Seconds after which asking again makes sense.
RETRY_AFTER: Final = 5
#: Longest value that is sent back as it came, in characters of JSON.
LONGEST_VALUE: Final = 200

#: By kind, or else by status.
_TITLES: Final[Mapping[str | int, str]] = {
    "unknown_host": "Not under this name",
    "unreadable": "Stored data cannot be read",
    400: "The lab cannot read that",
    404: "Not here",
    409: "Not in this state",
    413: "Too large",
    422: "The lab does not allow that",
    500: "The dashboard failed",
    503: "A part of the lab does not answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorResponse:
    """The response to an error, as JSON or as a page."""

    status: int
    #: Name of the error for programs: `invalid_request`.
    kind: str
    message: str
    problems: tuple[lab.Problem, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """A few words for a heading."""
        return _TITLES.get(self.kind) or _TITLES.get(self.status) or self.kind.replace("_", " ").capitalize()


def register(app: Flask) -> None:
    """Answer every error of `app` with an ErrorResponse."""

    @app.errorhandler(lab.LabError)
    def refused(error: lab.LabError) -> Response:
        return _response(of_lab(error))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | HTTPException:
        return error if error.code is None or error.code < 400 else _response(of_http(error))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        current_app.logger.error("%s %s failed", request.method, plain(request.path), exc_info=error)
        return _response(
            ErrorResponse(
                status=500, kind="failed", message="This is a fault of the lab; its log on stderr has the details."
            )
        )


def status(error: lab.LabError) -> int:
    """Return the HTTP status of an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def of_lab(error: lab.LabError) -> ErrorResponse:
    """Return the response to an error of the lab."""
    code = status(error)
    return ErrorResponse(
        status=code,
        kind="".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(error).__name__)[1:],
        message=str(error),
        problems=error.problems if isinstance(error, lab.InvalidRequest) else (),
        headers=_headers(code),
    )


def page(html: str, error: lab.LabError | None) -> Response:
    """Return a page as the response to a request: with the status and headers of the error that it shows, if any."""
    response = make_response(html)
    if error is not None:
        response.status_code = status(error)
        response.headers.extend(of_lab(error).headers)
    return response


def of_http(error: HTTPException) -> ErrorResponse:
    """Return the response to an error that Flask found before the lab was asked."""
    messages = {
        404: f"There is nothing at {request.path}",
        405: f"{request.path} does not take {request.method}",
        413: f"What was sent is larger than {(request.max_content_length or 0) // 1024} KiB",
    }
    code = error.code or 500
    allow = [(name, value) for name, value in error.get_headers() if name == "Allow"]
    return ErrorResponse(
        status=code,
        kind=error.name.lower().replace(" ", "_"),
        message=messages.get(code, error.description or error.name),
        headers=(*allow, *_headers(code)),
    )


def _headers(code: int) -> tuple[tuple[str, str], ...]:
    return (("Retry-After", str(RETRY_AFTER)),) if code == 503 else ()


def as_data(answer: ErrorResponse) -> dict[str, Any]:
    """Return the JSON body of an error."""
    problems = [
        {"field": one.field, "value": _plain(one.value), "allowed": one.allowed, "nearest": one.nearest}
        for one in answer.problems
    ]
    return {"error": {"kind": answer.kind, "message": answer.message, "problems": problems}}


def _response(answer: ErrorResponse) -> Response:
    if request.path.startswith("/api/") or request.path.endswith(".json"):
        response = jsonify(as_data(answer))
    else:
        response = make_response(render_template("error.html", answer=answer))
    response.status_code = answer.status
    response.headers.extend(answer.headers)
    return response


def _plain(value: object) -> Any:
    """Return the value itself if JSON can hold it and it is short, else its text in Python."""
    try:
        if len(json.dumps(value, allow_nan=False)) <= LONGEST_VALUE:
            return value
    except (TypeError, ValueError):
        pass
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
