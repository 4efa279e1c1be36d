"""The first page: an interactive guide, whose every claim can be measured."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for

from dashboard.guide import fields
from dashboard.guide.lessons import LESSONS
from dashboard.guide.picture import Picture, pictures
from dashboard.guide.schedule import Work, schedule
from dashboard.pages import claims
from services.lab.door import Lab

LATEST = 5


def blueprint(lab: Lab) -> Blueprint:
    """`/`, the pictures in it, and the buttons that measure."""
    guide = Blueprint("guide", __name__)

    @guide.get("/")
    def show() -> str:
        shown = claims.shown(lab.claims())
        return render_template(
            "guide.html",
            first=next(one for one in shown if one.claim.name == claims.FIRST),
            lessons=[(lesson, claims.by_topic(shown, lesson.topic)) for lesson in LESSONS],
            lines=lab.experiments(LATEST).lines,
            health=lab.health(),
            pictures={one.model: one for one in _pictures()},
            numbers=fields.NUMBERS,
            works=Work,
        )

    @guide.get("/guide/pictures.json")
    def redrawn() -> Response:
        return jsonify(pictures={one.model: render_template("picture.html", picture=one) for one in _pictures()})

    @guide.post("/claims/<name>/measure")
    def measure(name: str) -> Response:
        lab.measure_claims(name)
        return make_response(redirect(url_for("guide.show", _anchor=f"claim-{name}"), 303))

    @guide.post("/claims/measure")
    def measure_all() -> Response:
        lab.measure_claims()
        return make_response(redirect(url_for("guide.show", _anchor="claims"), 303))

    return guide


def _pictures() -> tuple[Picture, ...]:
    """Return the picture of the case that the address names. Raises InvalidRequest."""
    return pictures([schedule(case) for case in fields.cases(request.args)])
