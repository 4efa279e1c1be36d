"""The first page."""

from __future__ import annotations

from flask import Blueprint, render_template

from dashboard.pages import models
from services.lab.door import Lab

LATEST = 5


def blueprint(lab: Lab) -> Blueprint:
    """`/`."""
    landing = Blueprint("landing", __name__)

    @landing.get("/")
    def show() -> str:
        return render_template("landing.html", lines=lab.experiments(LATEST), health=lab.health(), models=models.ABOUT)

    return landing
