"""The experiments behind the claims of the guide: requests as a user would send them, each about a minute or less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: Slots that wait at once where waiting is the matter, and slots that work where work is.
MANY: Final = 16
FEW: Final = 2

#: By name, in the order in which all of them are run: the one behind the first claim of the guide comes first.
PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "computing": {
        "workload": "primes",
        "models": ["sequential", "threads", "prefork"],
        "concurrency": [1, FEW],
    },
    "waiting": {
        "workload": "wait",
        "models": ["sequential", "threads", "gevent", "prefork"],
        "concurrency": [FEW, MANY],
    },
    "HTTP": {
        "workload": "http_get",
        "models": ["sequential", "threads", "gevent", "prefork"],
        "concurrency": [MANY],
    },
    "files": {
        "workload": "file_write_read",
        "params": {"kilobytes": 64, "sync": "yes"},
        "models": ["sequential", "threads", "gevent", "prefork"],
        "concurrency": [MANY],
    },
    "waits": {
        "workload": "mixed",
        "params": {"milliseconds": 20, "cpu_share": [0.05, 0.95]},
        "models": ["sequential", "threads", "gevent"],
        "concurrency": [8],
    },
    "channels": {
        "workload": "channel",
        "params": {"kind": ["variable", "pipe"], "message_bytes": 262_144},
        "models": ["sequential"],
        "concurrency": [1],
    },
    "starting": {
        "workload": "start",
        "params": {"kind": ["thread", "fork", "interpreter"]},
        "models": ["sequential"],
        "concurrency": [1],
    },
    "marks": {"workload": "marks", "models": ["threads", "prefork"], "concurrency": [FEW]},
    "counting": {
        "workload": "counter",
        "params": {"lock": ["no", "yes"]},
        "models": ["sequential", "threads"],
        "concurrency": [FEW],
    },
    "dying": {"workload": "die", "models": ["threads", "prefork"], "concurrency": [FEW]},
}


def body(name: str) -> dict[str, Any]:
    """Return the request of a preset. Raises KeyError."""
    return {"effort": "quick", "repeats": 3, **PRESETS[name]}
