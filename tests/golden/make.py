"""Make golden files: what this version of the lab stores, measured by a real lab with an empty data folder.

    python -m tests.golden.make NAME

writes `tests/golden/NAME/*.json`, one file per experiment, in about a minute. NAME is the commit that stored them, such
as `ccb365f`. Make a new folder whenever a stored type changes, and keep the old ones: `test_golden.py` reads all.
Each file holds the keys of one experiment as they were stored (long lists cut), and the figures that its report gave.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.cli.serve import SERVE
from services.core.codec import to_data
from services.core.report import Report
from services.core.settings import Settings
from services.lab.one_machine import Local
from services.lab.root.one_machine import local_lab
from services.store.connection import Client, connect

HERE = Path(__file__).parent
#: Few trials of every kind: parameters that are swept, planned rates, a trial that fails, a cancelled experiment.
REQUESTS: Mapping[str, Mapping[str, Any]] = {
    "sweep": {
        "workload": "primes",
        "params": {"limit": [500, 1000]},
        "models": ["threads", "prefork"],
        "concurrency": [2],
        "repeats": 2,
    },
    "rates": {
        "workload": "wait",
        "params": {"milliseconds": 10},
        "models": ["threads", "gevent"],
        "concurrency": [2],
        "load": {"rate": [20, 40.5]},
        "repeats": 2,
    },
    "failed": {"workload": "die", "models": ["threads", "prefork"], "concurrency": [2], "repeats": 1},
    "cancelled": {"workload": "wait", "models": ["threads", "sequential"], "concurrency": [2], "repeats": 2},
}
#: Bars of a timeline, and events of an experiment, that are kept.
LONGEST = 5


def main(name: str) -> None:
    """Measure all requests and write their files."""
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    settings = Settings(redis_url=None, bind="127.0.0.1:8000", node="golden")
    with (
        tempfile.TemporaryDirectory(prefix="lab-golden-") as data,
        local_lab(Path(data), settings, serve=SERVE, dashboard=False, say=print) as lab,
        connect(lab.redis_url) as client,
    ):
        for request, body in REQUESTS.items():
            for kind, content in _measured(lab, client, request, body):
                _write(folder / f"{kind}.json", content)


def _measured(
    lab: Local, client: Client, name: str, body: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, object]]]:
    """What is stored at the end, and once before the end when the first trial has ended."""
    id = lab.lab.submit(dict(body)).experiment.id
    if name == "cancelled":
        lab.lab.cancel(id)
    seen = False
    while not (report := lab.lab.report(id)).state.ended:
        if name == "rates" and not seen and report.progress.done and report.progress.now:
            seen = True
            yield "running", _content(client, id, report)
        lab.tick()
        time.sleep(0.1)
    yield name, _content(client, id, report)


def _content(client: Client, id: str, report: Report) -> dict[str, object]:
    names = sorted(str(key) for key in client.scan_iter(f"lab:experiment:{id}*"))
    return {"id": id, "keys": {key: _value(client, key) for key in names}, "figures": figures(report)}


def figures(report: Report) -> dict[str, object]:
    """Those figures of a report that no later version may change for the same trials."""
    data = to_data(report)
    return {
        "done": data["progress"]["done"],
        "total": data["progress"]["total"],
        "cells": {
            cell["name"]: {
                "trials": [[trial["index"], trial["repeat"], trial["failure"]] for trial in cell["trials"]],
                "throughput": _estimate(cell["throughput"]),
                "p50": _estimate(cell["latency"] and cell["latency"]["p50"]),
                "pss": _estimate(cell["memory"] and cell["memory"]["pss"]["peak"]),
                "handover": _estimate(cell["handover"]),
            }
            for cell in data["cells"]
        },
    }


def _estimate(interval: Mapping[str, float] | None) -> float | None:
    return None if interval is None else interval["estimate"]


def _value(client: Client, key: str) -> object:
    """Text, a hash, or the entries of a stream."""
    kind = str(client.type(key))
    if kind == "string":
        return client.get(key)
    if kind == "hash":
        return {field: _shorter(str(text)) for field, text in sorted(client.hgetall(key).items())}
    found: Any = client.xrevrange(key, count=LONGEST)
    return [[str(event), fields] for event, fields in reversed(found)]


def _shorter(text: str) -> str:
    """A timeline with its first bars; all else as it is."""
    data = json.loads(text)
    if "bars" not in data:
        return text
    return json.dumps({**data, "bars": data["bars"][:LONGEST]}, separators=(",", ":"))


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
