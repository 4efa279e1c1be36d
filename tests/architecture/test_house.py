"""Habits of the house that no linter knows: over every file that is tracked, or would be with `git add`."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.kept_files import kept_files, root

#: Names that say nothing of what is inside.
empty_names = {"util", "utils", "helper", "helpers", "common", "misc"}
longest_module = 300
#: A folder of the machine that the code was written on, or a place beside the clone.
machine_path = re.compile(r"/(?:work|farm)/[\w.]|\.\./(?:shared|\.library)\b")
#: CI may find the scripts for a container engine beside the clone.
may_look_beside_the_clone = ".ci/run"
#: Where any error is caught, logged, and ends the job at hand alone: the next job must run.
job_boundaries = [Path("concurrency_lab_inside/look.py"), Path("services/conductor/conductor.py")]
registry_host = re.compile(r"(?:pypi|pythonhosted|npmjs)\.org|registry[\w-]*\.docker\.io|(?:ghcr|quay)\.io")


files = kept_files()
modules = [file for file in files if file.suffix == ".py"]
own_packages = {"concurrency_lab_inside", "services", "dashboard", "workloads", "benchmarks"}
own_modules = [module for module in modules if module.parts[0] in own_packages]
#: Names that several modules have, because each of them is about the same thing; the reason beside each.
shared_names = {
    "answer": "the answer in words, and in a terminal",
    "app": "the application of the framework that its package runs: Celery, Flask",
    "catalogue": "all that its folder defines, in the order in which readers see it",
    "claims": "words, command, route and page of the guide's claims",
    "comparison": "words of a comparison, and how it is computed",
    "conductor": "the conductor, and how its process is put together",
    "contract": "what its package asks of each thing that it holds",
    "cpu_usage": "words of CPU usage, and how it is computed",
    "experiments": "experiments in the ledger, over REST, on pages and in commands",
    "forecast": "words of a forecast, and how it is computed",
    "grid": "cells of an experiment, and the benchmark of verdicts on them",
    "load": "the planned rates that cells keep up with: computed and drawn",
    "nodes": "nodes in the ledger, on their page and in their command",
    "one_machine": "the lab of one machine, and how it is put together",
    "payload": "the cost of carrying bytes: computed and drawn",
    "probe": "the probe, and its benchmark",
    "recommendation": "words of a recommendation, and how it is checked",
    "reference_loop": "words of the reference loop, its order, its measurement, and its benchmark",
    "report": "words of a report, and how it is built",
    "serve": "one process of the lab, until a signal ends it; and the command that starts it",
    "shared_state": "workloads with shared state, and the rules of claims about them",
    "slot_memory": "the memory of one more slot: computed and drawn",
    "spans": "the span table, and its benchmark",
    "summary": "words of a cell's summary, and how it is computed",
    "timeline": "words of a timeline, and how it is computed and drawn",
    "waiting": "workloads that wait, and the rules of claims about them",
    "workloads": "workloads as text, and their command",
}


def lines_with(pattern: re.Pattern[str], file: Path) -> list[str]:
    """`file:line` wherever the pattern matches; none for a file that is no text."""
    try:
        text = (root / file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    return [f"{file}:{number}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


def tree(module: Path) -> ast.Module:
    return ast.parse((root / module).read_text(encoding="utf-8"), filename=str(module))


def test_the_house_has_files_to_look_at() -> None:
    assert Path("workloads/contract.py") in modules


def test_every_name_states_what_is_inside() -> None:
    assert not [file for file in files if empty_names & {file.stem, *file.parent.parts}]


def test_no_name_of_a_module_means_two_things() -> None:
    stems = Counter(module.stem for module in own_modules if not module.stem.startswith("__"))
    assert {stem for stem, number in stems.items() if number > 1} == set(shared_names)


def test_no_two_classes_have_one_name() -> None:
    classes = Counter(
        node.name for module in own_modules for node in ast.walk(tree(module)) if isinstance(node, ast.ClassDef)
    )
    assert not [name for name, number in classes.items() if number > 1]


def test_no_module_is_longer_than_three_pages() -> None:
    lengths = {module: (root / module).read_text(encoding="utf-8").count("\n") for module in modules}
    assert not {str(module): length for module, length in lengths.items() if length > longest_module}


def test_an_init_file_holds_a_docstring_at_most() -> None:
    inits = [module for module in modules if module.name == "__init__.py"]
    assert not [
        init for init in inits if len(body := tree(init).body) > 1 or (body and not ast.get_docstring(tree(init)))
    ]


def test_no_file_names_a_registry() -> None:
    assert not [line for file in files for line in lines_with(registry_host, file)]


def test_no_file_names_a_path_of_a_machine() -> None:
    elsewhere = [file for file in files if file != Path(may_look_beside_the_clone)]
    assert not [line for file in elsewhere for line in lines_with(machine_path, file)]


def test_no_lock_names_a_host() -> None:
    locks = [file for file in files if file.match("requirements/*.txt")]
    assert locks
    assert not [line for lock in locks for line in lines_with(re.compile("://"), lock)]


def too_broad(node: ast.AST) -> Iterator[ast.expr | ast.excepthandler]:
    """What in this node swallows more errors than its author can have thought of; to tidy up and re-raise is fine."""
    caught: list[ast.expr] = []
    if isinstance(node, ast.ExceptHandler):
        if isinstance(last := node.body[-1], ast.Raise) and last.exc is None:
            return
        if node.type is None:
            yield node
        else:
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "suppress":
        caught = node.args
    yield from (name for name in caught if ast.unparse(name).split(".")[-1] in {"Exception", "BaseException"})


def test_no_except_swallows_more_than_it_names() -> None:
    found = [module for module in modules for node in ast.walk(tree(module)) for _ in too_broad(node)]
    assert sorted(found) == sorted(job_boundaries)


@pytest.mark.parametrize(
    ("reason", "ci", "status"),
    [
        ("no container engine: none answers", "true", pytest.ExitCode.OK),
        ("no chromium", "true", pytest.ExitCode.TESTS_FAILED),
        ("no chromium", "", pytest.ExitCode.OK),
    ],
)
def test_ci_fails_on_a_skip_that_no_allowed_reason_explains(
    tmp_path: Path, reason: str, ci: str, status: pytest.ExitCode
) -> None:
    (tmp_path / "test_skipped.py").write_text(f"import pytest\ndef test_it():\n    pytest.skip({reason!r})\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.skips", "--rootdir", tmp_path, "-c", os.devnull, tmp_path],
        cwd=root,
        env=os.environ | {"CI": ci},
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == status, run.stdout + run.stderr
    assert ("skipped on CI, so failed" in run.stdout) == (status != pytest.ExitCode.OK)


def test_the_image_is_made_of_every_package_that_is_installed() -> None:
    included = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    sent = {line.removeprefix("!") for line in (root / ".dockerignore").read_text().splitlines()}
    assert {name.removesuffix("*") for name in included} <= sent
