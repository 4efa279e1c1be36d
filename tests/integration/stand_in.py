"""`python stand_in.py PART`: answers like that part of the lab and does nothing else, so that `Local` can be tested.

With STAND_IN_FAILS=PART in the environment, that part says so and exits at once.
"""

from __future__ import annotations

import http.server
import os
import sys
import threading
import time

from services.core.environment import Fingerprint, Node
from services.store import keys
from services.store.connection import connect
from services.store.nodes import Lease, Nodes

fingerprint = Fingerprint(
    cpu_model="a processor",
    cores=2,
    affinity=2,
    quota=None,
    memory_limit=2**30,
    kernel="6.0",
    boot="one",
    python="3.14.0",
    celery="5.7.0",
    kombu="5.7.0",
    gevent="25.9",
    ledger="valkey 9.1.2",
)


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers every path."""

    def do_GET(self) -> None:
        """200."""
        self.send_response(200)
        self.end_headers()


def main(part: str) -> None:
    """Answer until killed."""
    if os.environ.get("STAND_IN_FAILS") == part:
        sys.exit(f"{part} has a fault")
    if part == "dashboard":
        host, _, port = os.environ["LAB_BIND"].rpartition(":")
        http.server.HTTPServer((host, int(port)), Pages).serve_forever()
    client = connect(os.environ["LAB_REDIS_URL"])
    if part == "conductor":
        Lease(client, keys.CONDUCTOR, str(os.getpid())).take()
    else:
        Nodes(client).announce(
            Node(name=os.environ["LAB_NODE"], instance="one", fingerprint=fingerprint, seen=time.time())
        )
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
