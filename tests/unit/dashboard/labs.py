"""A lab on a store, and ways to use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.lab.door import Lab
from services.lab.root.lab import lab_over
from services.store.connection import connect


@contextmanager
def lab_at(redis_url: str) -> Iterator[Lab]:
    """Yield a lab without a conductor: its orders stay in a list. Closes its connections."""
    orders: list[None] = []
    with connect(redis_url) as client:
        yield lab_over(client, order=lambda: orders.append(None))


def ask(web: FlaskClient, method: str, fields: dict[str, str]) -> TestResponse:
    """Fill in the form: submitted with POST, as a link with GET."""
    if method == "POST":
        return web.post("/experiments/new", data=fields)
    return web.get("/experiments/new", query_string=fields)
