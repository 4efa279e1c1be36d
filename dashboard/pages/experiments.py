"""The list of experiments, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from dashboard import paging
from dashboard.pages.form_values import again
from dashboard.pages.rendered import Renderer
from services.core.report import Report
from services.core.units import Seconds
from services.lab.door import Lab

#: Fields that select the part of the list.
_PLACE: Final = ("count", "before", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The experiment that was just deleted."""

    id: str
    #: Time in which it can still be restored.
    left: Seconds


def blueprint(lab: Lab, renderer: Renderer) -> Blueprint:
    """Return the routes `/experiments` and `/experiments/ID`."""
    experiments = Blueprint("experiments", __name__, url_prefix="/experiments")

    @experiments.get("")
    def newest() -> str:
        found = paging.page(lab, request.args)
        return render_template(
            "experiments.html",
            page=found,
            addresses={
                name: fields and url_for("experiments.newest", **fields)
                for name, fields in paging.neighbours(found, request.args).items()
            },
            here={name: request.args[name] for name in _PLACE if name in request.args},
            deleted=_deleted(lab, request.args.get("deleted", "")),
            health=lab.health(),
        )

    @experiments.get("/<id>")
    def show(id: str) -> str:
        return _page(lab.report(id), lab, renderer)

    @experiments.post("/<id>/cancel")
    def cancel(id: str) -> Response:
        lab.cancel(id)
        return _shown(id)

    @experiments.post("/<id>/delete")
    def delete(id: str) -> Response:
        lab.delete(id)
        return _listed(deleted=id)

    @experiments.post("/<id>/restore")
    def restore(id: str) -> Response:
        lab.restore(id)
        return _listed()

    @experiments.post("/<id>/pin")
    def pin(id: str) -> Response:
        lab.pin(id)
        return _listed() if "list" in request.form else _shown(id)

    @experiments.post("/<id>/unpin")
    def unpin(id: str) -> Response:
        lab.unpin(id)
        return _listed() if "list" in request.form else _shown(id)

    @experiments.post("/damages/dismiss")
    def dismiss_damages() -> Response:
        lab.dismiss_damages()
        return make_response(redirect(url_for("experiments.newest"), 303))

    return experiments


def _shown(id: str) -> Response:
    return make_response(redirect(url_for("experiments.show", id=id), 303))


def _listed(**fields: Any) -> Response:
    """Back to the part of the list from which the request came."""
    place: dict[str, Any] = {name: request.form[name] for name in _PLACE if name in request.form}
    return make_response(redirect(url_for("experiments.newest", **place, **fields), 303))


def _deleted(lab: Lab, id: str) -> Deleted | None:
    left = lab.restorable(id)
    return None if left is None else Deleted(id=id, left=left)


def _page(report: Report, lab: Lab, renderer: Renderer) -> str:
    return render_template(
        "experiment.html",
        report=report,
        shown=renderer.shown(report),
        timeline=renderer.timeline(report, request.args.get("timeline")),
        again=again(report.experiment) if report.experiment.workload in lab.workloads() else None,
        health=None if report.state.ended else lab.health(),
    )
