from __future__ import annotations

import gzip

from flask.testing import FlaskClient

from services.views.charts import plotlyjs


def test_plotly_js_is_that_of_the_package_compressed_and_kept_for_ever(web: FlaskClient) -> None:
    answer = web.get(f"/static/{plotlyjs.name()}", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data) == plotlyjs.plain()
    assert len(answer.data) < 1_600_000


def test_plotly_js_is_sent_plain_to_who_cannot_unpack_it(web: FlaskClient) -> None:
    answer = web.get(f"/static/{plotlyjs.name()}")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == plotlyjs.plain()


def test_the_colours_of_the_models_are_asked_for_again_only_when_they_change(web: FlaskClient) -> None:
    answer = web.get("/static/models.css")
    assert answer.mimetype == "text/css" and ".model-threads" in answer.text
    again = web.get("/static/models.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
