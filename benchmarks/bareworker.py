"""A bare `celery worker`, as a user would start it: `python -m benchmarks.bareworker POOL CONCURRENCY NAME`.

The same Celery, the same settings and the same workload as a measured worker; no probe, no span table, and a task
that is nothing but the workload. Wired by LAB_BARE in the environment.
"""

from __future__ import annotations

import json
import os
import sys

from concurrency_lab_inside.parent import die_with_parent


def main(pool: str, concurrency: str, name: str) -> None:
    """Run the worker until it is killed."""
    wired = json.loads(os.environ["LAB_BARE"])
    die_with_parent(wired["parent"])
    arguments = ["-q", "worker", "-P", pool, "-c", concurrency, "-n", name, "-Q", wired["wiring"]["queue"]]
    arguments += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]

    # gevent must patch the standard library before anything else is imported, so these imports wait.
    from celery import maybe_patch_concurrency

    maybe_patch_concurrency(arguments)
    from concurrency_lab_inside.app import WORK, Wiring, create_app
    from concurrency_lab_inside.task_code import load

    app = create_app(Wiring(**wired["wiring"]), stores_results=True)
    app.task(name=WORK)(load(wired["function"]).work)
    app.worker_main(arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
