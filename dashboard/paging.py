"""Which part of the list of experiments a request asks for, and the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.core.errors import InvalidRequest, Problem
from services.core.report import Page
from services.lab.door import Lab

#: Experiments per page: the default and the maximum.
USUAL: Final = 100
MOST: Final = 1000


def page(lab: Lab, fields: Mapping[str, str]) -> Page:
    """Return what `count`, `before` and `after` ask for. Raises InvalidRequest, NotFound."""
    text = fields.get("count", str(USUAL))
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= count <= MOST:
        raise InvalidRequest([Problem("count", text, f"must be a whole number from 1 to {MOST}")])
    return lab.experiments(count, before=fields.get("before"), after=fields.get("after"))


def neighbours(found: Page, fields: Mapping[str, str]) -> dict[str, dict[str, Any] | None]:
    """Return the fields that ask for the page of older ones (`next`) and of newer ones (`previous`)."""
    count: dict[str, Any] = {"count": fields["count"]} if "count" in fields else {}
    return {
        "next": None if found.older is None else {**count, "before": found.older},
        "previous": None if found.newer is None else {**count, "after": found.newer},
    }
