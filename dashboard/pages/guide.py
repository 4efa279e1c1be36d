"""The first page: an interactive guide, whose every claim can be measured."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for

from dashboard.guide import fields
from dashboard.guide.lessons import LESSONS
from dashboard.guide.picture import Picture, pictures
from dashboard.guide.schedule import Work, schedule
from dashboard.guide.structure import Structure, structure
from dashboard.pages import claims
from services.core.models import Model
from services.lab.door import Lab

LATEST = 5


def blueprint(lab: Lab) -> Blueprint:
    """Return the routes `/`, the pictures in it, and the buttons that measure."""
    guide = Blueprint("guide", __name__)

    @guide.get("/")
    def show() -> str:
        shown = claims.shown(lab.claims())
        return render_template(
            "guide.html",
            first=next(one for one in shown if one.claim.name == claims.FIRST),
            lessons=[(lesson, claims.by_topic(shown, lesson.topic) if lesson.topic else ()) for lesson in LESSONS],
            lines=lab.experiments(LATEST).lines,
            health=lab.health(),
            drawings=_drawings(),
            numbers=fields.NUMBERS,
            works=Work,
        )

    @guide.get("/guide/pictures.json")
    def redrawn() -> Response:
        return jsonify(pictures={model: render_template("drawn.html", **each) for model, each in _drawings().items()})

    @guide.post("/claims/<name>/measure")
    def measure(name: str) -> Response:
        lab.measure_claims(name)
        return make_response(redirect(url_for("guide.show", _anchor=f"claim-{name}"), 303))

    @guide.post("/claims/measure")
    def measure_all() -> Response:
        lab.measure_claims()
        return make_response(redirect(url_for("guide.show", _anchor="claims"), 303))

    return guide


def _drawings() -> dict[Model, dict[str, Picture | Structure]]:
    """Return the two drawings of each model, in the case that the address names. Raises InvalidRequest."""
    schedules = [schedule(case) for case in fields.cases(request.args)]
    return {
        picture.model: {"picture": picture, "structure": structure(one)}
        for picture, one in zip(pictures(schedules), schedules, strict=True)
    }
