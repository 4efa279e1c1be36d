"""A measured result laid over a path."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from dashboard.guide.agreement import PathVerdict, outcome
from dashboard.guide.decisions import ends, walk
from dashboard.guide.tree import TREE
from services.analysis.report import build
from services.core.environment import Environment
from services.core.experiment import Effort, Experiment
from services.core.models import Model
from services.core.recommendation import Agreement
from services.core.trial import TrialResult
from services.planning import grid
from tests.unit.dashboard import made

RATES = dict.fromkeys(Model, 100.0)


def found(
    path: str, rates: dict[Model, float], *, scatter: float = 0.001, missing: Collection[Model] = (), **changed: Any
) -> PathVerdict:
    """What is said at the end of a path when the models come out like this, and those missing have failed."""
    walked = walk(TREE, path.split("/"))
    assert walked.leaf is not None
    asked = replace(
        Experiment(
            id="0a1b2c3d",
            created=made.CREATED,
            workload="primes",
            params={"limit": 2000},
            models=tuple(Model),
            concurrency=(2,),
            replicas=(1,),
            repeats=3,
            effort=Effort.QUICK,
            seed=1,
        ),
        **changed,
    )
    plan = grid.plan(asked, asked.repeats)
    failed = tuple(trial.index for trial in plan.trials if trial.cell.model in missing)
    report = build(
        made.record(asked),
        plan,
        measured(made.results(asked, failed=failed), rates, scatter),
        Environment(nodes=()),
        now=None,
        time=made.CREATED,
    )
    return outcome(TREE, walked, walked.leaf, report)


def measured(results: Sequence[TrialResult], rates: dict[Model, float], scatter: float) -> list[TrialResult]:
    changed = []
    for one in results:
        if one.figures is None:
            changed.append(one)
            continue
        # Another order of the repeats for every model: what all share is a block, and no scatter.
        place = (one.trial.repeat + list(Model).index(one.trial.cell.model)) % 3
        rate = rates[one.trial.cell.model] * (1 + scatter * place)
        changed.append(replace(one, figures=replace(one.figures, throughput=rate)))
    return changed


@pytest.mark.parametrize(
    ("path", "fastest"),
    [
        ("no", Model.SEQUENTIAL),
        ("yes/yes/yes", Model.PREFORK),
        ("yes/no/yes/yes", Model.THREADS),
        ("yes/no/yes/no/many", Model.THREADS),
        ("yes/no/yes/no/few", Model.GEVENT),
        ("yes/no/yes/no/few", Model.SEQUENTIAL),
    ],
)
def test_a_leaf_agrees_with_its_own_models(path: str, fastest: Model) -> None:
    said = found(path, RATES | {fastest: 200.0})
    assert (said.agreement, said.fastest, said.doubt) == (Agreement.AGREES, (fastest,), None)


@pytest.mark.parametrize(
    ("path", "fastest", "doubted"),
    [
        ("yes/yes/yes", Model.THREADS, "CPU-intensive?"),
        ("yes/yes/yes", Model.SEQUENTIAL, "CPU-intensive?"),
        ("yes/no/yes/yes", Model.PREFORK, "CPU-intensive?"),
        ("yes/no/yes/yes", Model.GEVENT, "Share data often?"),
        ("yes/no/yes/no/many", Model.SEQUENTIAL, "How many I/O operations?"),
        ("yes/no/yes/no/few", Model.THREADS, "How many I/O operations?"),
        ("yes/no/no", Model.THREADS, "I/O-bound?"),
        ("no", Model.PREFORK, "Parallelise?"),
    ],
)
def test_the_answer_to_doubt_is_where_the_path_leaves_the_nearest_one_that_was_measured(
    path: str, fastest: Model, doubted: str
) -> None:
    said = found(path, RATES | {fastest: 200.0})
    assert said.agreement is Agreement.DISAGREES
    assert said.doubt is not None and said.doubt.question.title == doubted


@pytest.mark.parametrize("rate", [200.0, 185.0])
def test_a_leaf_agrees_when_its_model_is_about_as_fast_as_the_fastest(rate: float) -> None:
    said = found("yes/no/yes/yes", RATES | {Model.THREADS: rate, Model.GEVENT: 200.0})
    assert said.agreement is Agreement.AGREES
    assert said.fastest != (Model.THREADS,)


def test_a_model_that_could_be_about_as_fast_as_the_fastest_decides_nothing() -> None:
    said = found("yes/no/yes/yes", RATES | {Model.THREADS: 175.0, Model.GEVENT: 200.0}, scatter=0.1)
    assert said.agreement is Agreement.CLOSE
    assert "threads@2" in said.text and "interval includes 100 %" in said.text


def test_both_models_of_a_leaf_together_agree_with_it() -> None:
    said = found("yes/no/yes/no/few", RATES | {Model.SEQUENTIAL: 200.0, Model.GEVENT: 200.0})
    assert said.agreement is Agreement.AGREES
    assert "sequential and gevent came out fastest" in said.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"params": {}, "sweep": {"limit": (10, 20)}}, "varies more than models and concurrency"),
        ({"replicas": (1, 2)}, "varies more than models and concurrency"),
        ({"models": (Model.THREADS,)}, "one model only"),
    ],
)
def test_an_experiment_about_something_else_does_not_test_a_path(changed: dict[str, Any], words: str) -> None:
    said = found("yes/no/yes/yes", RATES, **changed)
    assert said.agreement is Agreement.OPEN and words in said.text


def test_a_leaf_whose_models_have_no_finished_trial_is_not_tested() -> None:
    said = found("yes/no/yes/yes", RATES, missing={Model.THREADS})
    assert said.agreement is Agreement.OPEN
    assert said.text == "No trial of threads finished, so this experiment does not test this path."
    both = found("yes/no/yes/no/few", RATES, missing={Model.SEQUENTIAL, Model.GEVENT})
    assert both.agreement is Agreement.OPEN and "No trial of sequential or gevent finished" in both.text


def test_one_measured_model_has_nothing_to_be_compared_with() -> None:
    for path in ("yes/no/yes/yes", "yes/yes/no"):
        said = found(path, RATES, missing={Model.SEQUENTIAL, Model.GEVENT, Model.PREFORK})
        assert said.agreement is Agreement.OPEN
        assert said.text == "Only threads has finished trials, so there is nothing to compare."


def test_a_leaf_of_which_one_model_was_left_out_and_the_other_failed_is_not_tested() -> None:
    models = (Model.THREADS, Model.GEVENT, Model.PREFORK)
    said = found("yes/no/yes/no/few", RATES, missing={Model.GEVENT}, models=models)
    assert said.text == "No trial of gevent finished, so this experiment does not test this path."


def test_what_was_not_measured_is_named_beside_what_was() -> None:
    agrees = found("yes/no/yes/yes", RATES | {Model.THREADS: 200.0}, missing={Model.PREFORK})
    assert agrees.agreement is Agreement.AGREES and "No trial of prefork finished" in agrees.text
    half = found("yes/no/yes/no/few", RATES | {Model.GEVENT: 200.0}, missing={Model.SEQUENTIAL})
    assert half.agreement is Agreement.AGREES and half.fastest == (Model.GEVENT,)
    splits = found(
        "yes/yes/no", RATES, missing={Model.PREFORK}, models=(Model.SEQUENTIAL, Model.THREADS, Model.PREFORK)
    )
    assert "too close to call" in splits.text and "No trial of prefork finished" in splits.text


def test_every_leaf_has_an_answer_to_any_fastest_model() -> None:
    for steps, leaf in ends(TREE):
        for model in leaf.check.models:
            said = found("/".join(steps), RATES | {model: 200.0}, models=leaf.check.models)
            assert said.text
            assert (said.doubt is not None) == (said.agreement is Agreement.DISAGREES)
