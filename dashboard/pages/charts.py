"""Charts of an experiment as JSON, and their values as CSV."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from dashboard.pages import timelines
from dashboard.pages.rendered import Renderer
from services.lab.door import Lab
from services.views.charts import catalogue, timeline
from services.views.sheet import csv_text
from services.views.tables import Table


def blueprint(lab: Lab, renderer: Renderer) -> Blueprint:
    """Return the routes `/experiments/ID/figures…` and `/experiments/ID/trials/INDEX/timeline…`."""
    charts = Blueprint("charts", __name__, url_prefix="/experiments/<id>")

    @charts.get("/figures.json")
    def figures(id: str) -> Response:
        return Response(renderer.charts(lab.report(id)), mimetype="application/json")

    @charts.get("/figures/<name>.csv")
    def values(id: str, name: str) -> Response:
        return _attached(catalogue.table(lab.report(id), name), f"{id}-{name}")

    @charts.get("/trials/<int:index>/timeline.json")
    def bars(id: str, index: int) -> Response:
        found = lab.timeline(id, index)
        return jsonify(timeline.chart(found, timelines.cell_of(lab.report(id), index).model))

    @charts.get("/trials/<int:index>/timeline.csv")
    def tasks(id: str, index: int) -> Response:
        found = lab.timeline(id, index)
        model = timelines.cell_of(lab.report(id), index).model
        return _attached(timeline.table(found, model), f"{id}-{index}-timeline")

    return charts


def _attached(table: Table, name: str) -> Response:
    response = Response(csv_text(table), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response
