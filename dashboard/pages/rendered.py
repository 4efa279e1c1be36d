"""The parts of an experiment page that follow from stored data: rendered once per state of the data."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template
from markupsafe import Markup

from dashboard.cache import Cache
from dashboard.pages import report_sections, timelines
from services.analysis.cells.bare_speedup import sentences
from services.core.report import Report
from services.lab.door import Lab
from services.views.charts import catalogue
from services.views.charts.catalogue import FIGURES


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedParts:
    """Rendered parts of a page."""

    #: Verdict, warnings and figures; trials, nodes and workers.
    results: Markup
    trials: Markup
    #: Whether a chart has something to draw.
    has_figures: bool


class Renderer:
    """Renders reports and their charts for the pages of one lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._shown: Cache[RenderedParts] = Cache()
        self._timelines: Cache[Markup] = Cache()
        self._charts: Cache[str] = Cache()

    def shown(self, report: Report) -> RenderedParts:
        """Return the parts of the report's page."""
        return self._shown.get(report.id, _basis(report), lambda: _shown(report))

    def timeline(self, report: Report, trial: str | None) -> Markup:
        """Return the tasks of the trial with this index, or of the most telling one. Raises NotFound."""
        return self._timelines.get((report.id, trial), _basis(report), lambda: self._timeline(report, trial))

    def charts(self, report: Report) -> str:
        """Return every chart of the report as JSON, by the name of its figure."""
        return self._charts.get(report.id, _basis(report), lambda: current_app.json.dumps(catalogue.charts(report)))

    def _timeline(self, report: Report, trial: str | None) -> Markup:
        look = timelines.look(self._lab, report, trial)
        return Markup(render_template("timeline.html", report=report, look=look))


def _basis(report: Report) -> tuple[object, ...]:
    """Return what the rendered parts depend on; the findings are made together with the cells and the verdict."""
    return (report.findings, report.state)


def _shown(report: Report) -> RenderedParts:
    cells = {cell.name: cell for cell in report.cells}
    figures = [report_sections.figure(drawing, report) for drawing in FIGURES]
    results = render_template(
        "results.html",
        report=report,
        cells=cells,
        figures=figures,
        variants=report_sections.variants(report),
        warnings=report_sections.warnings(report),
    )
    trials = render_template(
        "trials.html",
        report=report,
        trials=report_sections.trials(report),
        facts=report_sections.facts(report),
        bare=sentences(report.findings.bare),
    )
    return RenderedParts(
        results=Markup(results),
        trials=Markup(trials),
        has_figures=any(figure.table.rows for figure in figures),
    )
