"""Files that are not in static/: plotly.js from its package, and the models' colours from the palette."""

from __future__ import annotations

from flask import Blueprint, Response, request

from services.views.charts import palette, plotlyjs


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
        response = Response(palette.stylesheet(), mimetype="text/css")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    return assets
