"""Puts the dashboard together around a lab."""

from __future__ import annotations

from typing import Final

from flask import Flask

from dashboard import assets, body_limit, headers, hosts, http_errors
from dashboard.api import claims as api_claims
from dashboard.api import event_stream as api_events
from dashboard.api import experiments as api_experiments
from dashboard.api import lab_parts as api_parts
from dashboard.pages import charts, compare, decide, experiments, form, guide, nodes
from dashboard.pages.rendered import Renderer
from services.core import labels, quantities
from services.lab.door import Lab
from services.views import sentences, times, workloads
from services.views.charts import plotlyjs

#: Functions that templates call by name.
_FILTERS: Final = (
    quantities.number,
    quantities.duration,
    quantities.about_time,
    quantities.size,
    labels.bare,
    labels.heading,
    times.iso,
    times.utc,
    times.left,
    sentences.repeat,
    sentences.standing,
    workloads.gil,
    workloads.help_text,
)


def create_app(lab: Lab, *, streams: int = api_events.STREAMS, allowed: hosts.Hosts = hosts.LOOPBACK) -> Flask:
    """Pages and REST of `lab`, which is followed by no more than `streams` pages at once, for `allowed` hosts.

    It needs the lab's store when a page is asked for, not before.
    """
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider, the only one used
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update({function.__name__: function for function in _FILTERS})
    app.jinja_env.globals["plotly_js"] = f"static/{plotlyjs.name()}"
    http_errors.register(app)
    hosts.register(app, allowed)
    headers.register(app)
    body_limit.register(app)
    renderer = Renderer(lab)
    for blueprint in (
        assets.blueprint(),
        api_experiments.blueprint(lab),
        api_events.blueprint(lab, streams=streams),
        api_parts.blueprint(lab),
        api_claims.blueprint(lab),
        guide.blueprint(lab),
        decide.blueprint(lab),
        form.blueprint(lab),
        experiments.blueprint(lab, renderer),
        charts.blueprint(lab, renderer),
        nodes.blueprint(lab),
        compare.blueprint(lab),
    ):
        app.register_blueprint(blueprint)
    return app
