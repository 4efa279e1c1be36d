"""The list of warnings is closed and complete, and every one of them is provoked here, and just not provoked."""

from __future__ import annotations

import string
from dataclasses import replace

from services.analysis.cells.warnings.catalogue import RULES
from services.analysis.trial.merging import summarise
from services.core.models import Model
from services.core.summary import Warn
from services.core.trial import OtherEndings
from tests.unit.analysis.made import PREFORK, environment, node, result, row, share, slot_lost, trial
from tests.unit.analysis.used import usage
from tests.unit.analysis.warned import STEADY, due, used


def test_every_warning_has_one_rule_and_there_is_no_other() -> None:
    assert list(RULES) == list(Warn)


def test_every_warning_has_a_finding_and_a_remedy_in_sentences() -> None:
    for warn, rule in RULES.items():
        assert rule.remedy[0].isupper() and rule.remedy.endswith("."), warn
        assert rule.text.endswith((".", "{reason}")), warn
        assert any(name for _, name, _, _ in string.Formatter().parse(rule.text)), warn


def test_a_steady_cell_on_a_quiet_host_has_no_warning() -> None:
    assert due(used(user=1.5, system=0.1, others=0.2)) == {}


def test_a_cell_without_trials_has_no_warning() -> None:
    assert due([]) == {}
    assert due([], unfinished=True) == {}


def test_failed_trials_are_counted_and_the_last_reason_is_shown() -> None:
    found = due([*STEADY, result(None, failure="first"), result(None, failure="second")])
    assert list(found) == [Warn.TRIAL_FAILED]
    assert found[Warn.TRIAL_FAILED].text == "2 of 5 trials failed, the last because: second"


def test_a_trial_with_lost_spans_leads_to_the_warning() -> None:
    lost = summarise(trial(), [share([row(0), slot_lost()])], elapsed=1)
    assert due([*STEADY, lost])[Warn.TRIAL_FAILED].text == (
        "1 of 4 trials failed, the last because: 1 of 3 tasks lost: 1 in a slot that died"
    )


def test_a_window_under_four_fifths_is_too_short() -> None:
    assert due([*STEADY, result(100, window=0.81)]) == {}
    found = due([*STEADY, result(100, window=0.79)])
    assert list(found) == [Warn.WINDOW_TOO_SHORT]
    assert found[Warn.WINDOW_TOO_SHORT].text == "The shortest window was 0.79 s instead of 1.00 s."
    assert due(STEADY, window=2)[Warn.WINDOW_TOO_SHORT].text.startswith("The shortest window was 1.00 s")


def test_the_window_of_recorded_spans_can_be_too_short() -> None:
    short = summarise(trial(), [share([row(0), row(20)])], elapsed=1)
    assert Warn.WINDOW_TOO_SHORT in due([*STEADY, short])


def test_throughput_that_scatters_by_more_than_a_tenth_is_unstable() -> None:
    assert due([result(90), result(100), result(109)]) == {}
    found = due([result(85), result(100), result(110)])
    assert list(found) == [Warn.UNSTABLE]
    assert found[Warn.UNSTABLE].text == "Throughput scatters by 13 % over the repeats: 85 to 110 tasks/s."


def test_two_repeats_can_be_unstable_and_one_cannot() -> None:
    assert Warn.UNSTABLE in due([result(80), result(100)])
    assert Warn.UNSTABLE not in due([result(80)])


def test_a_worker_stopped_by_its_quota_in_one_period_of_twenty_is_throttled() -> None:
    assert due(used(throttled=0.019)) == {}
    found = due([*STEADY, result(100, window=2, used=usage(throttled=0.5))])
    assert list(found) == [Warn.THROTTLED]
    assert found[Warn.THROTTLED].text == (
        "The CPU quota stopped the worker in 25 % of its scheduling periods; each CPU stood still for 12 % of the time."
    )


def test_others_on_more_than_15_percent_of_the_cores_make_a_host_busy() -> None:
    assert due(used(others=0.59)) == {}
    found = due(used(others=0.61))
    assert list(found) == [Warn.HOST_BUSY]
    assert found[Warn.HOST_BUSY].text.startswith("Other programs used 0.30 of 2 cores")


def test_a_busy_host_is_reported_with_the_cores_that_the_hypervisor_withheld() -> None:
    text = due(used(others=0.61, steal=0.4))[Warn.HOST_BUSY].text
    assert text == "Other programs used 0.30 of 2 cores; the hypervisor withheld 0.20."


def test_what_the_hypervisor_took_counts_as_others() -> None:
    assert list(due(used(steal=0.61))) == [Warn.HOST_BUSY]
    assert list(due(used(others=0.31, steal=0.3))) == [Warn.HOST_BUSY]


def test_the_busiest_trial_is_reported() -> None:
    results = [result(100, used=usage(others=others)) for others in (0.5, 1.5, 0.7)]
    assert due(results)[Warn.HOST_BUSY].text.startswith("Other programs used 1.50 of 2 cores")


def test_others_are_held_against_the_cores_of_all_hosts_of_the_trial() -> None:
    here, there = node("a", cores=2), node("b", boot="two", cores=8)
    busy = [replace(one, nodes=("a", "b")) for one in used(others=2.9)]
    assert Warn.HOST_BUSY not in due(busy, nodes=environment(here, there))
    assert Warn.HOST_BUSY in due(busy, nodes=environment(here, replace(there, fingerprint=here.fingerprint)))


def test_slots_that_used_up_fewer_cores_than_they_are_get_a_warning() -> None:
    four = replace(PREFORK, concurrency=4)
    found = due(used(user=3.8, system=0.1), cell=four)
    assert list(found) == [Warn.MORE_SLOTS_THAN_QUOTA]
    assert found[Warn.MORE_SLOTS_THAN_QUOTA].text == "4 slots shared 2 usable cores and kept 1.95 of them busy."


def test_more_slots_than_cores_are_no_warning_when_cores_are_left() -> None:
    for cell, cpu, why in (
        (PREFORK, 3.9, "as many slots as cores"),
        (replace(PREFORK, concurrency=16), 0.4, "slots that wait"),
        (replace(PREFORK, concurrency=4, model=Model.THREADS), 2.0, "threads that share a GIL"),
    ):
        assert due(used(user=cpu), cell=cell) == {}, why


def test_a_quota_counts_as_fewer_cores() -> None:
    half = environment(node(cores=8, quota=1.5))
    found = due(used(user=2.9), nodes=half)
    assert found[Warn.MORE_SLOTS_THAN_QUOTA].text == "2 slots shared 1.5 usable cores and kept 1.45 of them busy."


def test_replicas_on_one_host_share_its_cores_and_on_two_they_do_not() -> None:
    cell = replace(PREFORK, replicas=2)
    busy = [replace(one, nodes=("a", "b")) for one in used(user=3.8)]
    together = environment(node("a"), node("b"))
    assert Warn.MORE_SLOTS_THAN_QUOTA in due(busy, cell=cell, nodes=together)
    apart = environment(node("a"), node("b", boot="two"))
    assert Warn.MORE_SLOTS_THAN_QUOTA not in due(busy, cell=cell, nodes=apart)


def test_replicas_with_a_quota_each_have_their_quotas_together() -> None:
    cell = replace(PREFORK, replicas=2)
    busy = [replace(one, nodes=("a", "b")) for one in used(user=3.8)]
    containers = environment(node("a", cores=8, quota=1), node("b", cores=8, quota=1))
    assert due(busy, cell=cell, nodes=containers)[Warn.MORE_SLOTS_THAN_QUOTA].text.startswith(
        "4 slots shared 2 usable cores"
    )


def test_an_unknown_machine_has_no_warning() -> None:
    stranger = environment(node("someone else"))
    assert due(used(user=4, others=4), cell=replace(PREFORK, concurrency=9), nodes=stranger) == {}


def test_tasks_begun_twice_are_counted_over_all_trials() -> None:
    found = due([*STEADY, result(100, duplicates=2), result(100, duplicates=1)])
    assert list(found) == [Warn.DUPLICATE_TASKS]
    assert found[Warn.DUPLICATE_TASKS].text == "3 tasks reached a slot more than once; only the first time counts."


def test_a_task_begun_twice_in_recorded_spans_leads_to_the_warning() -> None:
    twice = summarise(trial(), [share([row(0), row(990, starts=2)])], elapsed=1)
    assert due([twice, *STEADY[:0]])[Warn.DUPLICATE_TASKS].text.startswith("1 task reached a slot more than once")


def test_tasks_that_end_without_a_result_are_named_by_kind() -> None:
    retried = replace(result(100), endings=OtherEndings(retried=3, ignored=1, rejected=0))
    found = due([*STEADY, retried])
    assert found[Warn.OTHER_ENDINGS].text.startswith("Of 400 tasks, 3 retried, 1 ignored")
    assert Warn.OTHER_ENDINGS not in due(STEADY)


def test_fewer_than_three_finished_repeats_are_few() -> None:
    assert due(STEADY) == {}
    found = due([result(100), result(100), result(None)])
    assert found[Warn.FEW_REPEATS].text == "Only 2 trials finished: too few to estimate the scatter."
    assert due([result(100)])[Warn.FEW_REPEATS].text.startswith("Only 1 trial finished")


def test_repeats_are_not_few_while_more_are_to_come() -> None:
    assert due([result(100)], unfinished=True) == {}
    assert list(due([result(100), result(None)], unfinished=True)) == [Warn.TRIAL_FAILED]


def test_a_cell_that_only_failed_is_not_blamed_for_few_repeats() -> None:
    assert list(due([result(None), result(None)])) == [Warn.TRIAL_FAILED]
