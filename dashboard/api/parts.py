"""REST: what the lab consists of."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from services.core.codec import to_data
from services.lab.door import Lab
from workloads.contract import Workload


def blueprint(lab: Lab) -> Blueprint:
    """`/api/v1/workloads`, `/api/v1/nodes`, `/api/v1/health`, `/api/v1/damages`."""
    api = Blueprint("api_parts", __name__, url_prefix="/api/v1")

    @api.get("/workloads")
    def workloads() -> Response:
        return jsonify(workloads=[_described(one) for one in lab.workloads().values()])

    @api.get("/nodes")
    def nodes() -> Response:
        return jsonify(nodes=[to_data(node) for node in lab.nodes()])

    @api.get("/health")
    def health() -> tuple[Response, int]:
        found = lab.health()
        return jsonify(to_data(found) | {"whole": found.whole}), 200 if found.store else 503

    @api.delete("/damages")
    def dismiss_damages() -> tuple[str, int]:
        lab.dismiss_damages()
        return "", 204

    return api


def _described(workload: Workload) -> dict[str, Any]:
    return {
        "name": workload.name,
        "family": workload.family,
        "description": workload.description,
        "gil": workload.gil,
        "parameters": [asdict(parameter) for parameter in workload.parameters],
    }
