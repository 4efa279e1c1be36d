"""Experiments of which a model, or several, or all, have no finished trial: every page of theirs has an answer."""

from __future__ import annotations

from itertools import combinations

from flask.testing import FlaskClient

from dashboard.guide.decisions import ends
from dashboard.guide.tree import TREE
from services.core.models import Model
from services.planning import grid
from services.views.charts.catalogue import FIGURES
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger

#: One model, all but one, and all.
MISSING = [set(some) for size in (1, len(Model) - 1, len(Model)) for some in combinations(Model, size)]


def kept_without(ledger: Ledger, missing: set[Model]) -> str:
    """The id of an experiment in which every trial of these models failed."""
    asked = made.experiment("-".join(sorted(missing)))
    trials = grid.plan(asked, asked.repeats).trials
    failed = tuple(trial.index for trial in trials if trial.cell.model in missing)
    ledger.keep(asked, made.results(asked, failed=failed))
    return asked.id


def test_every_page_of_an_experiment_answers_whichever_models_have_no_finished_trial(
    web: FlaskClient, ledger: Ledger
) -> None:
    for missing in MISSING:
        id = kept_without(ledger, missing)
        paths = [f"/decide/{'/'.join(steps)}?experiment={id}" for steps, _ in ends(TREE)]
        paths += [f"/experiments/{id}", f"/api/v1/experiments/{id}", f"/experiments/{id}/figures.json"]
        paths.append(f"/compare?cell={id}:threads@2&cell={id}:prefork@2&cell={id}:gevent@2&cell={id}:sequential@1")
        paths += [f"/experiments/{id}/figures/{drawing.name}.csv" for drawing in FIGURES]
        assert [path for path in paths if web.get(path).status_code != 200] == []
