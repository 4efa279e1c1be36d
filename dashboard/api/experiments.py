"""REST: submit experiments, look at them, cancel, pin, delete and restore them."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request, url_for

from dashboard import paging
from dashboard.api.json_body import json_body
from dashboard.objectives import objectives
from services.analysis.answer.advising import picked_again
from services.core.codec import to_data
from services.lab.door import Lab


def blueprint(lab: Lab) -> Blueprint:
    """Return the routes `/api/v1/experiments…`; an experiment is always shown as its report.

    `plan` answers what is known before a run, the same that a submitted experiment carries as `forecast`. `max_memory`
    and `p99` in the address of a report choose among which cells its advice picks.
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
    def listed() -> Response:
        found = paging.page(lab, request.args)
        addresses = {
            name: None if fields is None else url_for("api_experiments.listed", **fields)
            for name, fields in paging.neighbours(found, request.args).items()
        }
        return jsonify(experiments=[to_data(line) for line in found.lines], total=found.total, **addresses)

    @api.get("/<id>")
    def show(id: str) -> Response:
        return jsonify(to_data(picked_again(lab.report(id), objectives(request.args))))

    @api.post("/<id>/cancel")
    def cancel(id: str) -> tuple[Response, int]:
        lab.cancel(id)
        return jsonify(to_data(lab.report(id))), 202

    @api.delete("/<id>")
    def delete(id: str) -> Response:
        lab.delete(id)
        return jsonify(id=id, deleted=True, restorable=lab.restorable(id))

    @api.post("/<id>/restore")
    def restore(id: str) -> Response:
        lab.restore(id)
        return jsonify(to_data(lab.report(id)))

    @api.post("/<id>/pin")
    def pin(id: str) -> Response:
        lab.pin(id)
        return jsonify(to_data(lab.report(id)))

    @api.post("/<id>/unpin")
    def unpin(id: str) -> Response:
        lab.unpin(id)
        return jsonify(to_data(lab.report(id)))

    return api
