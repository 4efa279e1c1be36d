"""Orders of the lab as Celery writes them, whole and damaged."""

from __future__ import annotations

import json
from typing import Any

from services.store import keys
from services.store.connection import Client
from services.store.control_app import control_app


def order(store: Client, url: str) -> dict[str, Any]:
    """A good order that no worker has taken."""
    control_app("tested", url).send_task("conductor.run", queue="sample", ignore_result=True)
    found: dict[str, Any] = json.loads(str(store.lpop(f"{keys.CONTROL}sample")))
    return found


def damaged(good: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every way to be no order that is known to end a Celery worker, and some more, by what is wrong."""
    headers, properties = good["headers"], good["properties"]
    return {
        "no base64": good | {"body": "no base64!"},
        "a number": good | {"body": "NQ=="},
        "an object": good | {"body": "e30="},
        "bytes": good | {"content-type": "application/data"},
        "pickle": good | {"content-type": "application/x-python-serialize"},
        "binary": good | {"content-encoding": "binary"},
        "compressed": good | {"headers": headers | {"compression": "application/x-gzip"}},
        "planned": good | {"headers": headers | {"eta": 5}},
        "tried again": good | {"headers": headers | {"retries": 1}},
        "limited": good | {"headers": headers | {"timelimit": 5}},
        "no headers": good | {"headers": []},
        "no tag": good | {"properties": properties | {"delivery_tag": None}},
        "no properties": good | {"properties": {}},
    }
