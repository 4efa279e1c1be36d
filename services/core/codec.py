"""Frozen types to JSON and back. The only place that knows how a type looks outside the process."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from services.core.errors import LabError

T = TypeVar("T")


class Unreadable(LabError):
    """Stored or sent data is not of the type it should be: another version of the lab wrote it."""


@cache
def _made(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _adapter(kind: Any) -> TypeAdapter[Any]:
    return _made(kind)


def to_json(value: object) -> str:
    """Compact JSON text of a frozen type."""
    return _adapter(type(value)).dump_json(value).decode()


def to_data(value: object) -> Any:
    """Return the same as plain dicts, lists, numbers and strings."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[T], text: str | bytes) -> T:
    """Return the value of `kind` that `to_json` wrote. Raises Unreadable."""
    try:
        value: T = _adapter(kind).validate_json(text)
    except ValidationError as error:
        raise Unreadable(_why(kind, error)) from error
    return value


def from_data(kind: type[T], data: object) -> T:
    """Return the value of `kind` that `to_data` made. Raises Unreadable."""
    try:
        value: T = _adapter(kind).validate_python(data)
    except ValidationError as error:
        raise Unreadable(_why(kind, error)) from error
    return value


def _why(kind: type, error: ValidationError) -> str:
    """Return the first thing that does not fit, without the data: there may be a password in it."""
    first, *more = error.errors(include_input=False, include_url=False)
    place = ".".join(map(str, first["loc"]))
    rest = f" (and {len(more)} more)" if more else ""
    return f"not a {kind.__name__}: {f'{place}: ' if place else ''}{first['msg']}{rest}"
