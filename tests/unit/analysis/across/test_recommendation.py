"""A recommendation of models against what an experiment measured."""

from __future__ import annotations

from dataclasses import replace

from services.analysis import report
from services.analysis.across.recommendation import check
from services.core.experiment import State
from services.core.models import Model
from services.core.recommendation import Agreement, RecommendationCheck, Untested
from tests.unit.analysis import made

MEASURED = {Model.SEQUENTIAL: made.SEQUENTIAL, Model.THREADS: made.THREADS, Model.PREFORK: made.PREFORK}


def checked(
    *models: Model, state: State = State.FINISHED, replicas: tuple[int, ...] = (1,), **rates: float | None
) -> RecommendationCheck:
    """What three blocks say of recommended models; tasks per second by model, None where its trials failed."""
    cells = {Model(name): MEASURED[Model(name)] for name in rates}
    plan = made.plan(*cells.values(), repeats=3)
    results = [
        replace(made.result(rates[trial.cell.model], cell=trial.cell, index=trial.index, repeat=trial.repeat))
        for trial in plan.trials
    ]
    record = made.record(state, total=len(plan.trials))
    record = replace(record, experiment=replace(record.experiment, models=tuple(cells), replicas=replicas))
    whole = report.build(record, plan, results, made.environment(), now=None, time=2000.0)
    return check(models, whole)


def test_a_recommended_model_that_is_fastest_agrees() -> None:
    found = checked(Model.PREFORK, sequential=10, threads=10, prefork=50)
    assert (found.agreement, found.untested, found.fastest) == (Agreement.AGREES, None, (Model.PREFORK,))


def test_a_recommended_model_far_behind_the_fastest_disagrees() -> None:
    found = checked(Model.THREADS, sequential=10, threads=10, prefork=50)
    assert found.agreement is Agreement.DISAGREES
    assert found.recommended is not None and found.recommended.ratio < 0.3


def test_without_a_result_of_what_is_recommended_the_question_stays_open() -> None:
    assert checked(Model.PREFORK, threads=10, prefork=50, state=State.RUNNING).untested is Untested.RUNNING
    assert checked(Model.PREFORK, sequential=9, threads=10, prefork=None).untested is Untested.RECOMMENDED_FAILED
    assert checked(Model.THREADS, threads=10, prefork=None).untested is Untested.ONE_FINISHED
    assert checked(Model.GEVENT, threads=10, prefork=50).untested is Untested.OTHER_MODELS
    assert checked(Model.THREADS, threads=10).untested is Untested.ONE_MODEL
    assert checked(Model.THREADS, threads=10, prefork=50, replicas=(1, 2)).untested is Untested.MORE_THAN_MODELS
    assert checked(threads=10, prefork=50).untested is Untested.NONE_RECOMMENDED
