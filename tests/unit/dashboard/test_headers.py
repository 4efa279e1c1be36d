from __future__ import annotations

import base64
import hashlib
import re

from flask.testing import FlaskClient

from dashboard import headers
from services.views.charts import plotlyjs


def test_every_answer_carries_the_policy(web: FlaskClient) -> None:
    for path in ["/", "/nothing", "/api/v1/health", "/api/v1/nothing", "/static/lab.css"]:
        answer = web.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "script-src 'self';" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


def test_the_inline_styles_of_this_plotly_js_are_the_allowed_ones() -> None:
    found = re.findall(r"\.textContent='((?:[^'\\]|\\.)*)'", plotlyjs.plain().decode())
    styles = ["", *(text for text in found if "{" in text)]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in styles]
    assert [f"'sha256-{one}'" for one in hashes] == list(headers.INLINE_STYLES)


def test_a_page_of_another_site_cannot_submit(web: FlaskClient) -> None:
    for sent in [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "http://localhost:8001"},
    ]:
        for path in ["/experiments/new", "/api/v1/experiments"]:
            assert web.post(path, json={"workload": "primes"}, headers=sent).status_code == 403, sent
            assert web.get("/api/v1/experiments").get_json()["experiments"] == []


def test_programs_and_own_pages_can(web: FlaskClient) -> None:
    for sent in [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}]:
        assert web.post("/api/v1/experiments", json={"workload": "primes"}, headers=sent).status_code == 202, sent
