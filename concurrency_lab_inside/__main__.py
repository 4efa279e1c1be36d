"""Run one measured worker: `python -m concurrency_lab_inside POOL CONCURRENCY NAME`, wired by LAB_MEASURED."""

from __future__ import annotations

import json
import os
import sys

from concurrency_lab_inside.parent import die_with_parent


def main(pool: str, concurrency: str, name: str) -> None:
    """Run `celery worker` with the probe in it, until killed."""
    # Out of the environment: what a task starts has no use for it, and there may be a password in it.
    wired = json.loads(os.environ.pop("LAB_MEASURED"))
    die_with_parent(wired["parent"])
    # Quiet: its last words are for what went wrong, not for a banner.
    arguments = ["-q", "worker", "-P", pool, "-c", concurrency, "-n", name, "-Q", wired["wiring"]["queue"]]
    arguments += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]

    # gevent must patch the standard library before anything else is imported, so these imports wait.
    from celery import maybe_patch_concurrency

    maybe_patch_concurrency(arguments)
    from concurrency_lab_inside import probe
    from concurrency_lab_inside.app import Wiring, create_app
    from concurrency_lab_inside.table import SpanColumns
    from concurrency_lab_inside.task import add_tasks
    from workloads.registry import load

    app = create_app(Wiring(**wired["wiring"]), stores_results=True)
    table = SpanColumns(wired["table"])
    add_tasks(app, load(wired["workload"]), table)
    probe.install(app, table)
    app.worker_main(arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
