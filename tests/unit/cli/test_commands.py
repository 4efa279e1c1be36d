"""The command line from outside, as far as it needs no lab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli import list as list_command
from services.cli import nodes as nodes_command
from services.cli.main import COMMANDS, lab
from services.cli.terminal import text
from services.core.experiment import State
from tests.unit.cli.example import line, node
from workloads.registry import discover

nobody = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No lab of the user's is found, and nothing is written to his data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("LAB_REDIS_URL", raising=False)


def call(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(lab, arguments, env=environ)


def test_every_command_explains_itself_and_can_print_json() -> None:
    for command in COMMANDS:
        result = call(command, "--help")
        assert result.exit_code == 0
        assert ("--json" in result.stdout) == (command not in ("serve", "calls"))


def test_help_lists_every_command() -> None:
    listed = call("--help").stdout
    assert all(f"\n  {command} " in listed for command in COMMANDS)


@pytest.mark.parametrize("arguments", [["nonsense"], ["run"], ["run", "wait", "--nonsense"], ["list", "--count", "0"]])
def test_a_command_line_that_makes_no_sense_is_wrong_usage(arguments: list[str]) -> None:
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "option", "value"),
    [
        (["nonsense"], "WORKLOAD", "'nonsense'"),
        (["wait", "--param", "milliseconds"], "--param", "'milliseconds'"),
        (["wait", "--param", "minutes=1"], "--param minutes", "1"),
        (["wait", "--models", "threads,fibers"], "--models", "'fibers'"),
        (["wait", "--concurrency", "1,many"], "--concurrency", "'many'"),
        (["wait", "--concurrency", "1,2,3,4,5,6,7,8", "--repeats", "100"], "--repeats", "100"),
    ],
)
def test_a_wrong_option_is_reported_with_its_value_before_anything_starts(
    arguments: list[str], option: str, value: str, tmp_path: Path
) -> None:
    result = call("run", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {option}: ") and f"(got {value})" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["rnu"], "run"),
        (["run", "primez"], "primes"),
        (["run", "wait", "--models", "thread"], "threads"),
        (["run", "wait", "--param", "miliseconds=1"], "milliseconds"),
        (["run", "channel", "--param", "kind=pip"], "pipe"),
        (["workloads", "primez"], "primes"),
        (["claims", "gill"], "gil"),
    ],
)
def test_a_misspelt_name_is_wrong_usage_and_the_nearest_is_suggested(arguments: list[str], name: str) -> None:
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Did you mean '{name}'?" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["run", "wait"], ["list"], ["show", "x"], ["nodes"], ["cancel", "x"], ["up", "--bind", "127.0.0.1:0"]]
)
def test_a_store_that_does_not_answer_is_a_lab_not_reachable(arguments: list[str]) -> None:
    if arguments[0] == "up":
        arguments = ["up", "--bind", "127.0.0.1:64999"]
    result = call(*arguments, LAB_REDIS_URL=nobody)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "Redis does not answer" in result.stderr


@pytest.mark.parametrize("command", ["nodes", "cancel x"])
def test_without_a_lab_the_error_names_the_command_that_starts_one(command: str) -> None:
    result = call(*command.split())
    assert result.exit_code == 3
    assert "lab up" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "environ", "field"),
    [
        (["up", "--bind", "nowhere"], {}, "--bind"),
        (["up"], {"LAB_NODE": "a node"}, "LAB_NODE"),
        (["nodes"], {"LAB_REDIS_URL": "http://elsewhere"}, "LAB_REDIS_URL"),
        (["serve", "node"], {}, "LAB_REDIS_URL"),
        (["serve", "node", "--redis", "elsewhere"], {}, "LAB_REDIS_URL"),
    ],
)
def test_a_setting_that_is_not_allowed_is_wrong_usage(
    arguments: list[str], environ: dict[str, str], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_REDIS_URL", "")  # `serve --redis` sets it; pytest sets it back
    result = call(*arguments, **environ)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {field}: must ")


def test_every_workload_is_listed_with_its_parameters() -> None:
    shown = call("workloads").stdout
    for workload in discover().values():
        assert f"\n{workload.name} ({workload.family})\n" in f"\n{shown}"
        for parameter in workload.parameters:
            assert f"\n  {parameter.name}={parameter.default}  " in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_the_workloads_as_json_are_those_of_rest() -> None:
    found = json.loads(call("workloads", "--json").stdout)["workloads"]
    assert [one["name"] for one in found] == list(discover())
    primes = next(one for one in found if one["name"] == "primes")
    assert primes["parameters"][0].items() >= {"name": "limit", "type": "integer", "low": 2, "default": 20_000}.items()


def test_one_workload_is_explained_with_bounds_and_a_command_to_start_from() -> None:
    shown = call("workloads", "mixed").stdout
    assert "0 to 10000 ms" in shown and "0 only sleeps, 1 only computes" in shown
    assert "lab run mixed -p milliseconds=20 -p cpu_share=0.5" in shown


def test_an_experiment_in_the_list_is_one_line() -> None:
    _, _, row = text(list_command.table((line(state=State.CANCELLED),))).splitlines()
    assert row.startswith("1a2b3c4d  cancelled  3/9")
    assert row.endswith("  primes(limit=20000)")


def test_an_experiment_whose_verdict_is_in_doubt_is_listed_as_such() -> None:
    found = line(state=State.FINISHED)
    doubtful = replace(found, record=replace(found.record, doubtful=True))
    assert "finished, doubtful  " in text(list_command.table((doubtful,)))


def test_a_node_in_the_list_is_one_line() -> None:
    _, _, row = text(nodes_command.table((node,))).splitlines()
    assert row == "node-1  1.5 of 4  2.00 GiB  CPython 3.14.0  5.7.0   idle"


def test_a_package_of_the_same_name_in_the_users_folder_is_not_taken_for_the_labs(tmp_path: Path) -> None:
    from services.cli.serve import SERVE

    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    asked = subprocess.run(
        [*SERVE, "--help"], cwd=tmp_path, env=os.environ, check=False, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.startswith("Usage: lab serve")


def test_a_bare_lab_prints_its_help() -> None:
    bare = subprocess.run([sys.executable, "-m", "services.cli"], check=False, capture_output=True, text=True)
    assert "lab up" in bare.stderr
