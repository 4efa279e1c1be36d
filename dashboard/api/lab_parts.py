"""REST: what the lab consists of."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from services.core.codec import to_data
from services.lab.door import Lab
from services.views.workloads import as_data


def blueprint(lab: Lab) -> Blueprint:
    """Return the routes `/api/v1/workloads`, `/api/v1/nodes`, `/api/v1/health`, `/api/v1/damages`."""
    api = Blueprint("api_parts", __name__, url_prefix="/api/v1")

    @api.get("/workloads")
    def workloads() -> Response:
        return jsonify(workloads=[as_data(one) for one in lab.workloads().values()])

    @api.get("/nodes")
    def nodes() -> Response:
        return jsonify(nodes=[to_data(node) for node in lab.nodes()])

    @api.get("/health")
    def health() -> tuple[Response, int]:
        found = lab.health()
        return jsonify(to_data(found) | {"healthy": found.healthy}), 200 if found.store else 503

    @api.delete("/damages")
    def dismiss_damages() -> tuple[str, int]:
        lab.dismiss_damages()
        return "", 204

    return api
