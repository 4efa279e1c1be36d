"""A stock Celery app that runs `surroundings`, for `celery -A tests.unit.node.bareapp`."""

from __future__ import annotations

import os

from celery import Celery

from tests.unit.node.surroundings import surroundings

#: Environment variable that names its store.
URL = "BARE_URL"


def create(url: str) -> Celery:
    """The app, on a queue that is its own."""
    app = Celery("bare", broker=url, backend=url, set_as_current=False)
    app.conf.task_default_queue = "bare"
    app.task(name=surroundings.name)(surroundings.function)
    return app


if URL in os.environ:
    app = create(os.environ[URL])
