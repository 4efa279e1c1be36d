"""REST: submit experiments, look at them, cancel them."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, url_for

from dashboard.api.body import json_body
from services.core.codec import to_data
from services.lab.door import Lab


def blueprint(lab: Lab) -> Blueprint:
    """`/api/v1/experiments…`; an experiment is always shown as its report.

    `plan` answers what is known before a run, the same that a submitted experiment carries as `forecast`.
    """
    api = Blueprint("api_experiments", __name__, url_prefix="/api/v1/experiments")

    @api.post("")
    def submit() -> tuple[Response, int, dict[str, str]]:
        body = json_body()
        before = lab.forecast(body)
        id = lab.submit(body).experiment.id
        answer = jsonify(to_data(lab.report(id)) | {"forecast": to_data(before)})
        return answer, 202, {"Location": url_for("api_experiments.show", id=id)}

    @api.post("/plan")
    def plan() -> Response:
        return jsonify(to_data(lab.forecast(json_body())))

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
