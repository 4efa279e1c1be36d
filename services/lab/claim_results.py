"""The results of the guide's claims in this lab: each is judged by the last experiment of each of its presets.

A cancelled experiment leaves a claim as it was, so that the earlier result is not lost. A failed one is reported with
its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from services.analysis.claims.catalogue import JUDGES, Judge
from services.core.claims import ClaimExperiment, ClaimReport, Judged, Standing
from services.core.codec import Unreadable
from services.core.errors import NotFound
from services.core.experiment import Record, State
from services.core.report import Progress
from services.lab.reports import Reports
from services.store.experiments import Experiments

#: Ends of experiments, the least good first.
WORST_FIRST: Final = (State.FAILED, State.CANCELLED, State.INTENDED, State.FINISHED)


class Claims:
    """Every method raises StoreUnreachable while Redis does not answer."""

    def __init__(self, experiments: Experiments, reports: Reports) -> None:
        self._experiments = experiments
        self._reports = reports
        #: Results of ended experiments, by id: they do not change any more, and open pages ask once per second.
        self._judged: Mapping[str, Mapping[str, Judged]] = {}

    def reports(self) -> tuple[ClaimReport, ...]:
        """Return every claim, in the order of the catalogue."""
        wanted = {preset for judge in JUDGES.values() for preset in judge.claim.presets}
        found = {preset: self._deciding(preset) for preset in wanted}
        records = {preset: record for preset, record in found.items() if record is not None}
        progress = {preset: self._progress(record) for preset, record in records.items()}
        # Another thread may read the old mapping at this moment: it is replaced, never changed.
        before = self._judged
        judged = {
            record.experiment.id: before.get(record.experiment.id) or self._judge(preset, record)
            for preset, record in records.items()
            # Half an experiment can have another result than the whole.
            if record.state.ended
        }
        self._judged = judged
        return tuple(_report(judge, records, progress, judged) for judge in JUDGES.values())

    def needed(self) -> frozenset[str]:
        """Return the ids of the experiments that the claims rest on."""
        wanted = {preset for judge in JUDGES.values() for preset in judge.claim.presets}
        found = (self._deciding(preset) for preset in wanted)
        return frozenset(record.experiment.id for record in found if record is not None)

    def _deciding(self, preset: str) -> Record | None:
        """Return the last experiment that was not cancelled; where all were, the last."""
        last: Record | None = None
        for id in self._experiments.of_preset(preset):
            with suppress(NotFound, Unreadable):
                record = self._experiments.get(id)
                if record.state is not State.CANCELLED:
                    return record
                last = last or record
        return last

    def _progress(self, record: Record) -> Progress:
        return Progress(done=self._experiments.done(record.experiment.id), total=record.total)

    def _judge(self, preset: str, record: Record) -> Mapping[str, Judged]:
        names = [name for name, judge in JUDGES.items() if preset in judge.claim.presets]
        if record.state is State.CANCELLED:
            return dict.fromkeys(names, Judged(standing=Standing.OPEN, result="Its experiment was cancelled."))
        id = record.experiment.id
        try:
            results, report = self._experiments.trials(id), self._reports.of(id, record.ended or 0.0)
        except Unreadable as error:
            return dict.fromkeys(names, Judged(standing=Standing.OPEN, result=f"Not to be judged: {error}."))
        if not results:
            why = record.reason or "no trial ended"
            return dict.fromkeys(names, Judged(standing=Standing.OPEN, result=f"Its experiment failed: {why}."))
        return {name: JUDGES[name].judge(results, report) for name in names}


def _report(
    judge: Judge,
    records: Mapping[str, Record],
    progress: Mapping[str, Progress],
    judged: Mapping[str, Mapping[str, Judged]],
) -> ClaimReport:
    """Return one claim; `judged` by the id of an ended experiment and the name of a claim."""
    name, mine = judge.claim.name, [preset for preset in judge.claim.presets if preset in records]
    experiments = tuple(
        ClaimExperiment(preset=preset, id=records[preset].experiment.id, state=records[preset].state) for preset in mine
    )
    if not experiments:
        return ClaimReport(claim=judge.claim, judged=judge.together({}))
    return ClaimReport(
        claim=judge.claim,
        judged=judge.together({one.preset: judged[one.id][name] for one in experiments if one.id in judged}),
        experiments=experiments,
        state=_state([one.state for one in experiments]),
        progress=Progress(
            done=sum(progress[preset].done for preset in mine), total=sum(progress[preset].total for preset in mine)
        ),
    )


def _state(states: Sequence[State]) -> State:
    """Return the state of several experiments as if they were one."""
    if all(state.ended for state in states):
        return next(state for state in WORST_FIRST if state in states)
    return State.QUEUED if set(states) == {State.QUEUED} else State.RUNNING
