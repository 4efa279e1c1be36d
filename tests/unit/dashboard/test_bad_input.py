"""Whatever is sent, the answer says which field and why; nothing is queued and nothing breaks."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.unit.dashboard.labs import ask

MARKUP = "<script>alert(1)</script>"

BAD: list[tuple[str, dict[str, Any]]] = [
    ("workload", {"workload": "nothing"}),
    ("workload", {"workload": MARKUP}),
    ("workload", {"workload": 7}),
    ("workload", {"workload": None}),
    ("workload", {"workload": ["primes"]}),
    ("workload", {"workload": "\ud800"}),
    ("params", {"params": "limit=3"}),
    ("params", {"params": [3]}),
    ("params.limit", {"params": {"limit": 1}}),
    ("params.limit", {"params": {"limit": 10**400}}),
    ("params.limit", {"params": {"limit": 2.5}}),
    ("params.limit", {"params": {"limit": True}}),
    ("params.limit", {"params": {"limit": None}}),
    ("params.limit", {"params": {"limit": MARKUP}}),
    (f"params.{MARKUP}", {"params": {MARKUP: 1}}),
    ("models", {"models": []}),
    ("models", {"models": "threads"}),
    ("models.1", {"models": ["threads", "fibers"]}),
    ("models.0", {"models": [MARKUP]}),
    ("concurrency", {"concurrency": []}),
    ("concurrency", {"concurrency": 2}),
    ("concurrency.0", {"concurrency": [0]}),
    ("concurrency.1", {"concurrency": [1, -2]}),
    ("concurrency.0", {"concurrency": ["2"]}),
    ("concurrency.0", {"concurrency": [True]}),
    ("concurrency.0", {"concurrency": [1.5]}),
    ("concurrency.0", {"concurrency": [10**9]}),
    ("concurrency", {"concurrency": [200]}),
    ("replicas", {"replicas": []}),
    ("replicas.0", {"replicas": [0]}),
    ("replicas.0", {"replicas": [1000]}),
    ("repeats", {"repeats": 0}),
    ("repeats", {"repeats": 100_000}),
    ("repeats", {"repeats": "3"}),
    ("repeats", {"concurrency": list(range(1, 60)), "repeats": 100}),
    ("effort", {"effort": "heroic"}),
    ("effort", {"effort": MARKUP}),
    ("seed", {"seed": -1}),
    ("seed", {"seed": 2**32}),
    ("colour", {"colour": "red"}),
    (MARKUP, {MARKUP: 1}),
]


def test_rest_names_the_field_and_what_is_allowed(web: FlaskClient) -> None:
    for field, change in BAD:
        answer = web.post("/api/v1/experiments", json={"workload": "primes", **change})
        assert answer.status_code == 422, change
        assert answer.json is not None
        problems = answer.json["error"]["problems"]
        assert field in [problem["field"] for problem in problems]
        assert all(problem["allowed"] for problem in problems), change
        assert answer.mimetype == "application/json"
        assert web.get("/api/v1/experiments").get_json()["experiments"] == []


def test_a_missing_workload_is_named(web: FlaskClient) -> None:
    answer = web.post("/api/v1/experiments", json={})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["problems"] == [
        {"field": "workload", "value": None, "allowed": "is required", "nearest": ""}
    ]


def test_a_number_of_any_size_is_refused_where_a_share_is_asked_for(web: FlaskClient) -> None:
    for value in [10**400, -(10**400), 1e308, 2]:
        answer = web.post("/api/v1/experiments", json={"workload": "mixed", "params": {"cpu_share": value}})
        assert answer.status_code == 422, value
        assert answer.json is not None
        assert answer.json["error"]["problems"][0]["field"] == "params.cpu_share"


def test_a_body_that_is_no_json_is_refused(web: FlaskClient) -> None:
    for body in [
        b"",
        b"{",
        b"workload=primes",
        b"\xff\xfe",
        b'{"workload": "primes", "repeats": NaN}',
        b'{"workload": "primes", "repeats": -Infinity}',
        b'{"workload": "primes", "repeats": ' + b"9" * 5000 + b"}",
        b"[" * 60_000,
    ]:
        answer = web.post("/api/v1/experiments", data=body, content_type="application/json")
        assert answer.status_code == 400, body[:80]
        assert answer.json is not None and answer.json["error"]["kind"] == "malformed_request"


def test_a_body_nested_deeper_than_any_request_is_refused_at_every_depth(web: FlaskClient) -> None:
    for depth in (30, 500, *range(960, 1000), 20_000):
        body = b'{"workload": ' + b"[" * depth + b"]" * depth + b"}"
        answer = web.post("/api/v1/experiments", data=body, content_type="application/json")
        assert answer.status_code == 400, depth
        assert answer.json is not None and "nested too deeply" in answer.json["error"]["message"]


def test_json_that_is_no_object_is_refused(web: FlaskClient) -> None:
    for body in [b"[]", b'"primes"', b"null", b"3"]:
        answer = web.post("/api/v1/experiments", data=body, content_type="application/json")
        assert answer.status_code == 400, body
        assert answer.json is not None and "must be a JSON object" in answer.json["error"]["message"]


def test_json_without_its_content_type_is_refused(web: FlaskClient) -> None:
    answer = web.post("/api/v1/experiments", data=b'{"workload": "primes"}', content_type="text/plain")
    assert answer.status_code == 400
    assert answer.json is not None and "application/json" in answer.json["error"]["message"]


FIELDS = [
    ("workload", "nothing"),
    ("workload", MARKUP),
    ("params.limit", "many"),
    ("params.limit", ""),
    ("params.limit", "1e999"),
    ("params.limit", MARKUP),
    ("models", "fibers"),
    ("models", MARKUP),
    ("concurrency", ""),
    ("concurrency", "1, two"),
    ("concurrency", "0"),
    ("concurrency", MARKUP),
    ("replicas", "-1"),
    ("replicas", MARKUP),
    ("repeats", "0"),
    ("repeats", "1e5"),
    ("repeats", MARKUP),
    ("effort", "heroic"),
    ("effort", MARKUP),
    ("seed", "-1"),
    ("seed", MARKUP),
]


def test_the_form_shows_each_problem_beside_its_field(web: FlaskClient) -> None:
    for field, value in FIELDS:
        for method in ["GET", "POST"]:
            fields = {"workload": "primes", "models": "threads", "concurrency": "1", "replicas": "1"} | {field: value}
            answer = ask(web, method, fields)
            assert answer.status_code == 422, fields
            assert f'id="wrong-{field}"' in answer.text, fields
            assert MARKUP not in answer.text
            assert web.get("/api/v1/experiments").get_json()["experiments"] == []


def test_an_id_that_is_none_is_not_found(web: FlaskClient) -> None:
    for id in [MARKUP, "..%2f..%2f", "%00", "%ED%A0%80", "*", "x" * 5000]:
        for path in ["/experiments/{}", "/api/v1/experiments/{}", "/experiments/{}/figures.json"]:
            answer = web.get(path.format(id))
            assert answer.status_code == 404, (path, id[:80])
            assert answer.mimetype == "application/json" or MARKUP not in answer.text
