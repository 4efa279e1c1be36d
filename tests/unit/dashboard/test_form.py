from __future__ import annotations

import re
from dataclasses import replace

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from services.core.models import Model
from services.lab.door import Lab
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger
from workloads.registry import discover

TYPED = {
    "workload": "mixed",
    "params.milliseconds": "12",
    "params.cpu_share": "0.25",
    "models": ["threads", "prefork"],
    "concurrency": "4, 1",
    "replicas": "1",
    "repeats": "2",
    "effort": "standard",
    "seed": "9",
}


def value_of(page: str, field: str) -> str:
    found = re.search(rf'name="{re.escape(field)}" value="([^"]*)"', page)
    assert found, f"no field {field}"
    return found[1]


def test_every_workload_has_a_form_that_can_be_submitted_as_it_is(web: FlaskClient, lab: Lab) -> None:
    for name in discover():
        page = web.get(f"/experiments/new?workload={name}")
        assert page.status_code == 200
        for parameter in lab.workloads()[name].parameters:
            assert f'name="params.{parameter.name}"' in page.text
            assert parameter.help in page.text.replace("&#39;", "'")
        submitted = web.post("/experiments/new", data={"workload": name, "models": "threads"})
        assert submitted.status_code == 303


def test_what_was_typed_becomes_the_experiment(web: FlaskClient, lab: Lab) -> None:
    answer = web.post("/experiments/new", data=MultiDict(TYPED))
    assert answer.status_code == 303
    asked = lab.report(answer.headers["Location"].rpartition("/")[2]).experiment
    assert asked.workload == "mixed"
    assert asked.params == {"milliseconds": 12, "cpu_share": 0.25}
    assert asked.models == (Model.THREADS, Model.PREFORK)
    assert asked.concurrency == (1, 4)
    assert (asked.repeats, asked.effort, asked.seed) == (2, "standard", 9)


def test_what_was_typed_is_kept_beside_what_is_wrong(web: FlaskClient) -> None:
    page = web.post("/experiments/new", data=MultiDict(TYPED | {"concurrency": "4, one"}))
    assert page.status_code == 422
    assert value_of(page.text, "params.milliseconds") == "12"
    assert value_of(page.text, "concurrency") == "4, one"
    assert value_of(page.text, "seed") == "9"
    checked = re.findall(r'name="models" value="(\w+)" checked', page.text)
    assert checked == ["threads", "prefork"]
    assert re.search(r'value="standard" checked', page.text)
    assert "must be a whole number" in page.text and "(got one)" in page.text


def test_no_model_is_a_problem_only_once_it_was_submitted(web: FlaskClient) -> None:
    assert web.get("/experiments/new").status_code == 200
    page = web.post("/experiments/new", data={"workload": "primes"})
    assert page.status_code == 422
    assert "must name at least one" in page.text


def test_the_form_states_how_large_the_experiment_is(web: FlaskClient) -> None:
    fields = {"workload": "primes", "models": ["sequential", "threads"], "concurrency": "1 2, 4", "repeats": "3"}
    answer = web.post("/experiments/plan.json", data=MultiDict(fields))
    assert answer.json is not None
    assert answer.json["lines"][0].startswith(
        "12 trials: 4 cells × 3 repeats, about 32 s by what the workload declares"
    )
    assert "differences in throughput under about " in answer.json["lines"][1]
    page = web.get("/experiments/new", query_string=MultiDict(fields)).text
    assert all(f"<p>{line}</p>" in page for line in answer.json["lines"])


def test_the_form_marks_an_experiment_that_takes_more_than_half_of_the_memory(web: FlaskClient, ledger: Ledger) -> None:
    fields = {"workload": "allocate", "params.megabytes": "256", "models": "threads", "concurrency": "20"}
    answer = web.post("/experiments/plan.json", data=fields)
    assert answer.json is not None and answer.json["confirm"] == ""
    ledger.open()
    answer = web.post("/experiments/plan.json", data=fields)
    told = "threads@20 needs about 5.1 GiB, of 8 GiB: more than half of the memory."
    assert answer.json is not None and answer.json["confirm"] == told
    assert f'<p class="notice">{told}</p>' in web.get("/experiments/new", query_string=fields).text


def test_the_form_refuses_more_memory_than_the_node_has_beside_its_field(web: FlaskClient, ledger: Ledger) -> None:
    ledger.open()
    fields = {"workload": "allocate", "params.megabytes": "256", "models": "threads", "concurrency": "256"}
    page = web.post("/experiments/new", data=fields)
    assert page.status_code == 422
    assert "threads@256 needs about 64 GiB, and the smallest node has 8 GiB: must be at most 31" in page.text
    assert 'aria-describedby="wrong-concurrency"' in page.text


def test_an_absurd_size_is_reported_with_its_bound(web: FlaskClient) -> None:
    answer = web.post("/experiments/plan.json", data={"workload": "primes", "models": "threads", "repeats": "1000"})
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["error"]["problems"][0]["field"] == "repeats"


def test_an_experiment_links_to_the_form_that_asks_for_it_again(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    page = web.get("/experiments/0a1b2c3d").text
    link = re.search(r'class="button" href="(/experiments/new\?[^"]+)"', page)
    assert link
    again = web.get(link[1].replace("&amp;", "&"))
    assert again.status_code == 200
    assert value_of(again.text, "concurrency") == "1, 2, 4"
    assert value_of(again.text, "params.limit") == str(made.experiment().params["limit"])


def test_the_page_of_an_own_task_says_how_to_run_it_again_and_has_no_form_for_it(
    web: FlaskClient, ledger: Ledger
) -> None:
    own = replace(made.experiment(), workload="shop.celery:shop.tasks.resize", params={})
    page = web.get(f"/experiments/{ledger.keep(own, ()).experiment.id}").text
    assert "lab run --app" in page and "Run it again" not in page
