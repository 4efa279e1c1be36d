"""The decision guide: questions one after another, and at the end a measurement of the reader's own workload."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from dashboard import http_errors
from dashboard.guide.agreement import outcome
from dashboard.guide.decisions import Leaf, Path, walk
from dashboard.guide.flowchart import flowchart
from dashboard.guide.tree import TREE
from dashboard.pages import check, form_values
from services.core.claims import Judged
from services.core.errors import Conflict, InvalidRequest, LabError, NotFound, Unreachable
from services.core.report import Report
from services.lab.door import Lab


def blueprint(lab: Lab) -> Blueprint:
    """Return the routes `/decide/STEP/STEP…`; the address is the path, so it can be kept and sent."""
    decide = Blueprint("decide", __name__, url_prefix="/decide")

    @decide.get("/", strict_slashes=False, defaults={"steps": ""})
    @decide.get("/<path:steps>")
    def show(steps: str) -> Response:
        path = _path(steps)
        id = request.args.get("experiment")
        if path.leaf is None or id is None:
            return _page(lab, path, request.args)
        try:
            return _page(lab, path, request.args, report=lab.report(id))
        except (NotFound, Unreachable) as error:
            return _page(lab, path, request.args, error=error)

    @decide.post("/<path:steps>")
    def measure(steps: str) -> Response:
        path = _path(steps)
        if path.leaf is None:
            raise Conflict(f"the path has not ended: go on at /decide/{'/'.join(path.steps)}")
        registry = lab.workloads()
        try:
            record = lab.submit(check.body(check.read(request.form, path.leaf, registry), registry))
        except (InvalidRequest, Unreachable) as error:
            return _page(lab, path, request.form, error=error)
        there = url_for("decide.show", steps="/".join(path.steps), experiment=record.experiment.id, _anchor="outcome")
        return make_response(redirect(there, 303))

    return decide


def _path(steps: str) -> Path:
    return walk(TREE, [step for step in steps.split("/") if step])


def _page(
    lab: Lab,
    path: Path,
    fields: MultiDict[str, str],
    *,
    report: Report | None = None,
    error: LabError | None = None,
) -> Response:
    html = render_template(
        "decide.html",
        tree=TREE,
        chart=flowchart(TREE, path),
        path=path,
        error=error,
        report=report,
        **({} if path.leaf is None else _at_the_end(lab, path, path.leaf, fields, report, error)),
    )
    return http_errors.page(html, error)


def _at_the_end(
    lab: Lab,
    path: Path,
    leaf: Leaf,
    fields: MultiDict[str, str],
    report: Report | None,
    error: LabError | None,
) -> dict[str, object]:
    """Return the rest of a leaf's page: its form, as filled in or measured, and the result."""
    registry = lab.workloads()
    filled = check.read(fields if report is None else _again(report), leaf, registry)
    return {
        "leaf": leaf,
        "asked": filled,
        "offered": check.offered(registry, filled.workload),
        "workload": registry.get(filled.workload) or registry[leaf.check.workload],
        "problems": form_values.by_field(error),
        "missing": request.args.get("experiment") if isinstance(error, NotFound) else None,
        "judged": _judged(lab),
        "outcome": None if report is None else outcome(TREE, path, leaf, report),
        "health": lab.health(),
    }


def _judged(lab: Lab) -> dict[str, Judged]:
    """Return the result of every claim that was measured, by its name; none while the store is away."""
    try:
        return {one.claim.name: one.judged for one in lab.claims() if one.judged.result}
    except Unreachable:
        return {}


def _again(report: Report) -> MultiDict[str, str]:
    """Return the form as it was when this experiment was submitted."""
    values = {form_values.PARAM + name: str(value) for name, value in report.experiment.params.items()}
    return MultiDict({"workload": report.experiment.workload, **values})
