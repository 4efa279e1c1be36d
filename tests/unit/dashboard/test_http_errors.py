from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dashboard import http_errors
from dashboard.app import create_app
from dashboard.body_limit import LARGEST
from services.core.errors import InvalidRequest, LabError, Problem, StoreUnreachable
from services.lab.door import Lab


def family(kind: type[LabError]) -> Iterator[type[LabError]]:
    for child in kind.__subclasses__():
        yield child
        yield from family(child)


def test_every_error_of_the_lab_has_a_status_that_somebody_chose() -> None:
    for kind in family(LabError):
        assert any(ancestor in http_errors.STATUS for ancestor in kind.__mro__), kind


def test_a_problem_is_sent_back_with_its_field_and_value() -> None:
    answer = http_errors.of_lab(InvalidRequest([Problem("repeats", 0, "must be at least 1")]))
    assert answer.status == 422
    assert http_errors.as_data(answer) == {
        "error": {
            "kind": "invalid_request",
            "message": "repeats: must be at least 1 (got 0)",
            "problems": [{"field": "repeats", "value": 0, "allowed": "must be at least 1", "nearest": ""}],
        }
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, "x" * 10_000, [[0] * 5000]])
def test_a_value_that_json_cannot_hold_or_is_too_long_is_described(value: object) -> None:
    answer = http_errors.of_lab(InvalidRequest([Problem("params.limit", value, "must be a number")]))
    said = http_errors.as_data(answer)["error"]["problems"][0]["value"]
    assert isinstance(said, str) and len(said) <= http_errors.LONGEST_VALUE + 1


def test_what_is_away_is_worth_asking_again() -> None:
    assert dict(http_errors.of_lab(StoreUnreachable("Redis does not answer")).headers) == {"Retry-After": "5"}


def test_programs_are_answered_in_json(web: FlaskClient) -> None:
    for method, path, status, kind in [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v1/experiments/nothing", 404, "not_found"),
        ("DELETE", "/api/v1/experiments", 405, "method_not_allowed"),
        ("POST", "/api/v1/experiments/nothing/cancel", 404, "not_found"),
        ("GET", "/experiments/nothing/figures.json", 404, "not_found"),
    ]:
        answer = web.open(path, method=method)
        assert answer.status_code == status
        assert answer.json is not None and answer.json["error"]["kind"] == kind
        assert answer.json["error"]["message"]


def test_people_are_answered_with_a_page(web: FlaskClient) -> None:
    for path, status in [("/nothing", 404), ("/experiments/nothing", 404)]:
        answer = web.get(path)
        assert answer.status_code == status
        assert answer.mimetype == "text/html"
        assert "nothing" in answer.text and "Traceback" not in answer.text


def test_a_refused_method_names_those_that_are_taken(web: FlaskClient) -> None:
    assert "GET" in web.delete("/api/v1/experiments").headers["Allow"]


@pytest.mark.parametrize("path", ["/api/v1/experiments", "/experiments/new"])
def test_a_body_larger_than_any_experiment_is_refused(web: FlaskClient, path: str) -> None:
    answer = web.post(path, data=b"[" * (LARGEST + 1), content_type="application/json")
    assert answer.status_code == 413
    assert "64 KiB" in answer.text


@pytest.mark.parametrize("path", ["/broken", "/api/v1/broken"])
def test_a_fault_of_the_lab_is_reported_without_its_traceback(
    lab: Lab, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise ZeroDivisionError("secret detail")

    app = create_app(lab)
    app.add_url_rule(path, view_func=broken)
    answer = app.test_client().get(path)
    assert answer.status_code == 500
    assert "secret detail" not in answer.text and "Traceback" not in answer.text
    assert "secret detail" in caplog.text


def test_the_path_of_a_fault_cannot_write_lines_or_codes_of_its_own_into_the_log(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(name: str) -> str:
        raise ZeroDivisionError(name)

    app = create_app(lab)
    app.add_url_rule("/broken/<name>", view_func=broken)
    app.test_client().get("/broken/a%0aFAKE%20LINE%1b[31m")
    (said,) = (record.getMessage() for record in caplog.records)
    assert said == r"GET /broken/a\nFAKE LINE\x1b[31m failed"


def test_a_service_that_has_no_place_left_names_the_time_to_ask_again(lab: Lab) -> None:
    id = lab.measure_claims("gil")[0].experiment.id
    answer = create_app(lab, streams=0).test_client().get(f"/api/v1/experiments/{id}/events")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
