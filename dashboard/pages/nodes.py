"""The nodes that can start measured workers."""

from __future__ import annotations

import time

from flask import Blueprint, render_template

from services.lab.door import Lab


def blueprint(lab: Lab) -> Blueprint:
    """Return the route `/nodes`."""
    nodes = Blueprint("nodes", __name__)

    @nodes.get("/nodes")
    def show() -> str:
        return render_template("nodes.html", nodes=lab.nodes(), now=time.time())

    return nodes
