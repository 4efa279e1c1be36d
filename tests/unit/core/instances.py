"""Makes instances of any frozen type, in several hands: plain values, values at the edge, and everything left out."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

TEXTS = ("threads@2", "", 'ein "Ä" \\ \n \x00 <b>&amp;</b> 😀')
WHOLE = (7, 0, -(2**63))
NUMBERS = (0.1, -0.0, 1.7976931348623157e308)
#: How many instances of a type there are.
HANDS = 3


def instance(kind: Any, hand: int) -> Any:
    """One of `kind`; the same hand makes the same."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{field.name: instance(hints[field.name], hand) for field in fields(kind)})
    if get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        members = get_args(kind) or tuple(kind)
        return members[hand % len(members)]
    if get_origin(kind) in (Union, types.UnionType):
        return _one_of(get_args(kind), hand)
    if get_origin(kind) is tuple:
        return _several(get_args(kind), hand)
    if get_origin(kind) in (dict, Mapping):
        return {TEXTS[number]: instance(get_args(kind)[1], hand + number) for number in range(len(TEXTS))}
    plain: dict[Any, tuple[Any, ...]] = {Any: TEXTS, str: TEXTS, int: WHOLE, float: NUMBERS, bool: (True, False)}
    return plain[kind][hand % len(plain[kind])]


def _one_of(kinds: tuple[Any, ...], hand: int) -> Any:
    """None in the last hand where it may be; else each of the kinds in turn."""
    real = [kind for kind in kinds if kind is not type(None)]
    if len(real) < len(kinds) and hand == HANDS - 1:
        return None
    return instance(real[hand % len(real)], hand)


def _several(kinds: tuple[Any, ...], hand: int) -> tuple[Any, ...]:
    """None at all in the last hand where any number will do."""
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * (HANDS - 1 - hand)
    return tuple(instance(kind, hand + number) for number, kind in enumerate(kinds))
