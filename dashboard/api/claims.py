"""REST: the claims of the guide."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, url_for

from services.core.codec import to_data
from services.lab.door import Lab


def blueprint(lab: Lab) -> Blueprint:
    """Return the routes `/api/v1/claims…`."""
    api = Blueprint("api_claims", __name__, url_prefix="/api/v1/claims")

    @api.get("")
    def claims() -> Response:
        return jsonify(claims=[to_data(one) for one in lab.claims()])

    @api.post("/measure")
    def measure_all() -> tuple[Response, int]:
        return jsonify(experiments=[record.experiment.id for record in lab.measure_claims()]), 202

    @api.post("/<name>/measure")
    def measure(name: str) -> tuple[Response, int, dict[str, str]]:
        id = lab.measure_claims(name)[0].experiment.id
        return jsonify(to_data(lab.report(id))), 202, {"Location": url_for("api_experiments.show", id=id)}

    return api
