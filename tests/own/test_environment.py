"""A user's interpreter gets the user's environment, and nothing of the lab's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.core.errors import InvalidRequest
from services.own.application import Application, look
from services.own.env_file import variables
from services.own.surroundings import BUNDLE, their_environment

ADDRESS = "redis://127.0.0.1:1/0"


def test_variables_of_the_user_stay_and_those_of_brokers_name_the_trials_server() -> None:
    given = {
        "CELERY_CONFIG_MODULE": "settings",
        "CELERY_BROKER_URL": "redis://prod",
        "LAB_REDIS_URL": "redis://ledger",
        "PYTHONPATH": f"/srv/lib:{BUNDLE.parent}",
        "PYTHONHASHSEED": "0",
        "VIRTUAL_ENV": sys.prefix,
        "PATH": "/usr/bin",
    }
    found = their_environment(given, python="/srv/venv/bin/python", address=ADDRESS, more={"DATABASE_URL": "test"})
    assert found["CELERY_CONFIG_MODULE"] == "settings" and found["CELERY_BROKER_URL"] == ADDRESS
    assert found["PYTHONPATH"] == "/srv/lib" and found["PYTHONHASHSEED"] == "0"
    assert found["PATH"] == "/srv/venv/bin:/usr/bin" and found["DATABASE_URL"] == "test"
    assert not {"LAB_REDIS_URL", "VIRTUAL_ENV"} & found.keys()


def test_a_wrong_line_of_a_file_of_variables_is_named_without_its_content() -> None:
    assert variables(["# test", "", "export A=1", "B='two words'", 'C="$A"', "D="]) == {
        "A": "1",
        "B": "two words",
        "C": "$A",
        "D": "",
    }
    for wrong in ("hunter2", "LAB_NODE=hunter2", "1A=hunter2"):
        with pytest.raises(InvalidRequest, match="line 2") as refused:
            variables(["A=1", wrong])
        assert "hunter2" not in str(refused.value)


def test_an_application_reads_the_variables_of_its_file_while_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text("import os\nDATABASE = os.environ['DATABASE_URL']\ndef work():\n    pass\n")
    jobs = Application(app="jobs.py", folder=tmp_path, python=sys.executable, environ={"DATABASE_URL": "test"})
    assert "jobs.work" in look(jobs, "jobs.work").tasks
