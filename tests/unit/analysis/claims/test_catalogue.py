"""The claims as a whole."""

from __future__ import annotations

from itertools import product

from services.analysis.cells.warnings.catalogue import RULES
from services.analysis.claims.catalogue import BUSY, JUDGES, NOT_YET
from services.core.claims import Judged, Standing, Topic
from services.core.models import Model
from services.core.summary import Warn
from services.planning import presets, request
from tests.unit.analysis import made
from tests.unit.analysis.claims.trials import cell, judge, returned, trials
from workloads.registry import discover


def test_every_claim_has_a_statement_a_reason_and_a_rule() -> None:
    for name, one in JUDGES.items():
        claim = one.claim
        assert claim.name == name
        assert claim.statement.endswith(".") and claim.why.endswith(".") and claim.rule.startswith("holds if "), name


def test_every_claim_has_a_preset_and_every_preset_a_claim() -> None:
    assert {preset for one in JUDGES.values() for preset in one.claim.presets} == presets.PRESETS.keys()


def test_every_preset_is_a_valid_request() -> None:
    for name in presets.PRESETS:
        asked = request.experiment(presets.body(name), discover(), id="e1", created=0.0, seed=1)
        assert asked.effort == "quick"


def test_every_topic_has_claims() -> None:
    assert {judge.claim.topic for judge in JUDGES.values()} == set(Topic)


def test_without_a_trial_no_claim_is_measured() -> None:
    assert {judge(name, []).standing for name in JUDGES} == {Standing.OPEN}


def test_with_other_trials_than_it_needs_a_claim_is_not_measured_and_has_a_reason() -> None:
    for name in JUDGES:
        judged = judge(name, [made.result(5, cell=cell(Model.GEVENT, 7))])
        assert judged.standing is Standing.OPEN
        assert judged.result, name


def test_a_failed_trial_that_a_claim_needs_is_named_with_its_reason() -> None:
    failed = [made.result(None, cell=cell(Model.THREADS), failure="the worker died")]
    judged = judge("gil", failed + trials(Model.THREADS, 10, 10, 10, concurrency=1))
    assert judged.standing is Standing.OPEN
    assert "threads@2: the worker died" in judged.result


def gil(rate: float, warned: Warn | None) -> Standing:
    alone = trials(Model.THREADS, 10, 10.1, 9.9, concurrency=1)
    return judge("gil", trials(Model.THREADS, rate, rate * 1.01, rate * 0.99) + alone, warned=warned).standing


def test_the_state_of_a_claim_measured_on_a_busy_machine_reports_it() -> None:
    for warned in BUSY:
        assert gil(10, warned) is Standing.HOLDS_BUSY
        assert gil(20, warned) is Standing.FAILS_BUSY


def test_a_warning_that_is_no_doubt_about_validity_changes_nothing() -> None:
    for warned in {Warn.WINDOW_TOO_SHORT} | {warn for warn, rule in RULES.items() if not rule.doubt} - BUSY:
        assert gil(10, warned) is Standing.HOLDS


def test_a_claim_stays_open_when_its_figures_are_not_reliable() -> None:
    measured = trials(Model.THREADS, 10, 10, 10) + trials(Model.THREADS, 10, 10, 10, concurrency=1)
    judged = judge("gil", measured, warned=Warn.CLOCK_SUSPECT)
    assert judged.standing is Standing.OPEN
    assert judged.result == f"Not reliable: {RULES[Warn.CLOCK_SUSPECT].doubt}. Measure it again."


def test_a_claim_that_does_not_rest_on_time_has_no_doubt() -> None:
    marks = trials(Model.THREADS, 10, returned=returned(1, 10))
    for warned in RULES:
        assert judge("threads-share-memory", marks, warned=warned).standing is Standing.HOLDS


def line(standing: Standing) -> Judged:
    return Judged(standing=standing, result="16 threads do 14 times as much.")


def io(waiting: Standing, http: Standing | None, files: Standing | None) -> Judged:
    measured = {"waiting": waiting, "HTTP": http, "files": files}
    return JUDGES["threads-for-io"].together({name: line(one) for name, one in measured.items() if one is not None})


def test_a_claim_of_several_experiments_has_a_line_for_each_and_one_result() -> None:
    holds, fails, close = Standing.HOLDS, Standing.FAILS, Standing.CLOSE
    assert io(holds, holds, holds).standing is holds
    assert io(holds, fails, close).standing is fails
    assert io(holds, holds, close).standing is close
    mixed = io(holds, fails, holds)
    assert mixed.result == "Holds for waiting and files; does not hold for HTTP."
    assert [(one.preset, one.standing) for one in mixed.lines] == [
        ("waiting", holds),
        ("HTTP", fails),
        ("files", holds),
    ]


def test_one_experiment_on_a_busy_machine_puts_the_whole_claim_in_doubt() -> None:
    assert io(Standing.HOLDS, Standing.HOLDS_BUSY, Standing.HOLDS).standing is Standing.HOLDS_BUSY


def test_a_claim_measured_in_part_is_open_and_names_what_is_missing() -> None:
    part = io(Standing.HOLDS, None, None)
    assert part.standing is Standing.OPEN
    assert part.result == "Still to be measured: HTTP and files."
    assert part.lines[0].result == "16 threads do 14 times as much."
    assert JUDGES["threads-for-io"].together({}) == NOT_YET


def test_one_core_cannot_show_parallel_work() -> None:
    measured = [
        one
        for model, slots in product((Model.SEQUENTIAL, Model.THREADS, Model.PREFORK), (1, 2))
        for one in trials(model, 10, 10, 10, concurrency=slots)
    ]
    for name in ("gil", "processes-run-in-parallel", "sequential-underuses"):
        judged = judge(name, measured, cores=1)
        assert judged.standing is Standing.OPEN
        assert "this needs 2 usable cores, not 1" in judged.result
