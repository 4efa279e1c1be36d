"""Cells of any experiments side by side, under an address that can be kept."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for

from dashboard.pages import comparison_rows
from services.core.comparison import Choice
from services.core.errors import InvalidRequest, MalformedRequest, Problem
from services.lab.door import Lab

#: Most cells beside each other: more are not readable.
MOST = 8
#: Experiments whose cells are offered.
OFFERED = 8


def blueprint(lab: Lab) -> Blueprint:
    """Return the route `/compare?cell=ID:NAME&cell=…`; with fewer than two cells its page offers cells."""
    compare = Blueprint("compare", __name__)

    @compare.get("/compare")
    def show() -> str:
        chosen = _chosen(request.args.getlist("cell"))
        compared = lab.compare(chosen) if chosen else None
        offered, older = _offered(lab, request.args.get("before"))
        return render_template(
            "compare.html",
            chosen=chosen,
            most=MOST,
            subjects=[] if compared is None else comparison_rows.subjects(compared),
            measures=[] if compared is None or len(chosen) < 2 else comparison_rows.measures(compared),
            traits=[] if compared is None or len(chosen) < 2 else comparison_rows.traits(compared),
            differing=[] if compared is None else comparison_rows.differing(compared),
            offers=lab.comparable([*dict.fromkeys([*(one.experiment for one in chosen), *offered])]),
            older=older and url_for("compare.show", cell=request.args.getlist("cell"), before=older),
        )

    return compare


def _chosen(texts: Sequence[str]) -> tuple[Choice, ...]:
    """Return the cells that the address names, each once. Raises MalformedRequest, InvalidRequest."""
    chosen = tuple(dict.fromkeys(map(_choice, texts)))
    if len(chosen) > MOST:
        raise InvalidRequest([Problem("cell", len(chosen), f"may be given {MOST} times at the most")])
    return chosen


def _choice(text: str) -> Choice:
    id, colon, cell = text.partition(":")
    if not (id and colon and cell):
        raise MalformedRequest(f"a cell is named by its experiment, a colon and its own name, not {text[:80]!r}")
    return Choice(experiment=id, cell=cell)


def _offered(lab: Lab, before: str | None) -> tuple[list[str], str | None]:
    """Return the ids of the latest experiments with results, and the id before which there are more of them."""
    offered: list[str] = []
    while True:
        page = lab.experiments(before=before)
        for line in page.lines:
            if len(offered) == OFFERED:
                return offered, offered[-1]
            if line.progress.done:
                offered.append(line.record.experiment.id)
        if page.older is None:
            return offered, None
        before = page.older
