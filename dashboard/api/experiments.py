"""REST: submit experiments, look at them, cancel them."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, url_for

from dashboard.api.body import json_body
from services.core.codec import to_data
from services.lab.door import Lab


def blueprint(lab: Lab) -> Blueprint:
    """`/api/v1/experiments…`; an experiment is always shown as its report."""
    api = Blueprint("api_experiments", __name__, url_prefix="/api/v1/experiments")

    @api.post("")
    def submit() -> tuple[Response, int, dict[str, str]]:
        id = lab.submit(json_body()).experiment.id
        return jsonify(to_data(lab.report(id))), 202, {"Location": url_for("api_experiments.show", id=id)}

    @api.get("")
    def newest() -> Response:
        return jsonify(experiments=[to_data(line) for line in lab.experiments()])

    @api.get("/<id>")
    def show(id: str) -> Response:
        return jsonify(to_data(lab.report(id)))

    @api.post("/<id>/cancel")
    def cancel(id: str) -> tuple[Response, int]:
        lab.cancel(id)
        return jsonify(to_data(lab.report(id))), 202

    return api
