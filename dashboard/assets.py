"""Files that are not in static/: plotly.js from its package, and colours and glyphs of the models."""

from __future__ import annotations

from flask import Blueprint, Response, request

from services.core.models import MODELS
from services.views.charts import plotlyjs


def blueprint() -> Blueprint:
    """Routes `assets.plotly` and `assets.colours`."""
    assets = Blueprint("assets", __name__)

    @assets.get(f"/static/{plotlyjs.name()}")
    def plotly() -> Response:
        squeezed = request.accept_encodings.quality("gzip") > 0
        response = Response(plotlyjs.gzipped() if squeezed else plotlyjs.plain(), mimetype="text/javascript")
        if squeezed:
            response.content_encoding = "gzip"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    @assets.get("/static/models.css")
    def colours() -> Response:
        response = Response(stylesheet(), mimetype="text/css")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    return assets


def stylesheet() -> str:
    """Return the CSS rules `.model-threads` and so on: the colour and the glyph of each model."""
    return "\n".join(
        f".model-{model} {{ --model: {one.appearance.colour}; }}\n"
        f'.model-{model}::before {{ content: "{one.appearance.glyph}"; }}'
        for model, one in MODELS.items()
    )
