"""The form that asks for an experiment."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for

from dashboard import http_errors
from dashboard.pages import form_values
from services.core.errors import Conflict, InvalidRequest, LabError, Unreachable
from services.core.forecast import Forecast
from services.core.models import MODELS, usual_prefetch
from services.lab.door import Lab
from services.planning.effort import TERMS


def blueprint(lab: Lab) -> Blueprint:
    """Return the route `/experiments/new`; every field can be given in the address."""
    form = Blueprint("form", __name__)

    @form.get("/experiments/new")
    def new() -> Response:
        fields = form_values.read(request.args, lab.workloads(), submitted=False)
        health = lab.health()
        if not health.store:
            return _page(lab, fields, error=Unreachable(health.reason))
        try:
            before = lab.forecast(form_values.body(fields, lab.workloads()))
        except InvalidRequest as error:
            return _page(lab, fields, error=error)
        return _page(lab, fields, before=before)

    @form.post("/experiments/new")
    def submit() -> Response:
        fields = form_values.read(request.form, lab.workloads(), submitted=True)
        try:
            record = lab.submit(form_values.body(fields, lab.workloads()))
        except (InvalidRequest, Unreachable, Conflict) as error:
            return _page(lab, fields, error=error)
        return make_response(redirect(url_for("experiments.show", id=record.experiment.id), 303))

    @form.post("/experiments/plan.json")
    def plan() -> Response:
        fields = form_values.read(request.form, lab.workloads(), submitted=True)
        before = lab.forecast(form_values.body(fields, lab.workloads()))
        return jsonify(lines=before.lines, confirm=before.confirm)

    return form


def _page(
    lab: Lab, fields: form_values.FormValues, *, before: Forecast | None = None, error: LabError | None = None
) -> Response:
    """Return the form as it was filled in, with the problem of each field beside it."""
    registry = lab.workloads()
    html = render_template(
        "form.html",
        asked=fields,
        registry=registry,
        workload=registry.get(fields.workload) or next(iter(registry.values())),
        models=MODELS,
        usual_prefetch=usual_prefetch(),
        efforts=TERMS,
        problems=form_values.by_field(error),
        error=error,
        before=before,
    )
    return http_errors.page(html, error)
