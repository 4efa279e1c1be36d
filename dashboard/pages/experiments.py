"""The list of experiments, and the page of one."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from dashboard.figures.catalogue import FIGURES
from dashboard.pages import findings, timelines
from dashboard.pages.asked import again
from services.analysis.reference import sentences
from services.core.report import Report
from services.lab.door import Lab


def blueprint(lab: Lab) -> Blueprint:
    """`/experiments` and `/experiments/ID`."""
    experiments = Blueprint("experiments", __name__, url_prefix="/experiments")

    @experiments.get("")
    def newest() -> str:
        return render_template("experiments.html", lines=lab.experiments(), health=lab.health())

    @experiments.get("/<id>")
    def show(id: str) -> str:
        return _page(lab.report(id), lab)

    @experiments.post("/<id>/cancel")
    def cancel(id: str) -> Response:
        lab.cancel(id)
        return make_response(redirect(url_for("experiments.show", id=id), 303))

    @experiments.post("/damages/dismiss")
    def dismiss_damages() -> Response:
        lab.dismiss_damages()
        return make_response(redirect(url_for("experiments.newest"), 303))

    return experiments


def _page(report: Report, lab: Lab) -> str:
    return render_template(
        "experiment.html",
        report=report,
        figures=[findings.figure(drawing, report) for drawing in FIGURES],
        look=timelines.look(lab, report, request.args.get("timeline")),
        warnings=findings.warnings(report),
        trials=findings.trials(report),
        facts=findings.facts(report),
        bare=sentences(report.findings.bare),
        cells={cell.name: cell for cell in report.cells},
        variants=findings.variants(report),
        again=again(report.experiment),
        health=None if report.state.ended else lab.health(),
    )
