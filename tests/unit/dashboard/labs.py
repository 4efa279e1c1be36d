"""A lab on a store, and ways to use it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.lab.door import Lab
from services.store import keys
from services.store.connection import connect
from services.store.damages import Damages
from services.store.events import Events
from services.store.experiments import Experiments
from services.store.keeping import Keeping
from services.store.listing import Listing
from services.store.nodes import Lease, Nodes
from workloads.registry import discover


@contextmanager
def lab_at(redis_url: str) -> Iterator[Lab]:
    """Its orders to the conductor stay in a list: nobody is there to carry them out. Closes its connections."""
    orders: list[None] = []
    with connect(redis_url) as client:
        yield Lab(
            registry=discover(),
            experiments=Experiments(client),
            keeping=Keeping(client),
            listing=Listing(client),
            events=Events(client),
            nodes=Nodes(client),
            damages=Damages(client),
            conductor=Lease(client, keys.CONDUCTOR, holder=""),
            order=lambda: orders.append(None),
            now=time.time,
            draw=secrets.randbelow,
        )


def ask(web: FlaskClient, method: str, fields: dict[str, str]) -> TestResponse:
    """Fill in the form: submitted with POST, as a link with GET."""
    if method == "POST":
        return web.post("/experiments/new", data=fields)
    return web.get("/experiments/new", query_string=fields)
