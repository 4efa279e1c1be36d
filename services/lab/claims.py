"""Where the claims of the guide stand in this lab: judged by the last experiment of their preset.

One that was cancelled leaves a claim as it was: it says nothing, and what was known before is not lost. One that failed
is told with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from services.analysis import report
from services.analysis.claims.catalogue import JUDGES, NOT_YET
from services.core.claims import ClaimReport, Judged, Standing
from services.core.codec import Unreadable
from services.core.errors import NotFound
from services.core.experiment import Record, State
from services.core.report import Progress
from services.store.experiments import Experiments


class Claims:
    """Every method raises StoreUnreachable while Redis does not answer."""

    def __init__(self, experiments: Experiments) -> None:
        self._experiments = experiments
        #: What ended experiments say, by their ids: they change no more, and open pages ask once a second.
        self._judged: Mapping[str, Mapping[str, Judged]] = {}

    def reports(self) -> tuple[ClaimReport, ...]:
        """Every claim, in the order of the catalogue."""
        records = {preset: self._telling(preset) for preset in {judge.claim.preset for judge in JUDGES.values()}}
        ended = {
            record.experiment.id: (preset, record)
            for preset, record in records.items()
            if record is not None and record.state.ended
        }
        # Others may ask at the same moment: nobody changes what another one reads.
        before = self._judged
        judged = {id: before.get(id) or self._judge(*one) for id, one in ended.items()}
        self._judged = judged
        known = {preset: self._of(preset, record, judged) for preset, record in records.items() if record is not None}
        return tuple(
            known[judge.claim.preset][name]
            if judge.claim.preset in known
            else ClaimReport(claim=judge.claim, judged=NOT_YET)
            for name, judge in JUDGES.items()
        )

    def _telling(self, preset: str) -> Record | None:
        """The last experiment that was not cancelled; where all were, the last."""
        last: Record | None = None
        for id in self._experiments.of_preset(preset):
            with suppress(NotFound, Unreadable):
                record = self._experiments.get(id)
                if record.state is not State.CANCELLED:
                    return record
                last = last or record
        return last

    def _of(self, preset: str, record: Record, judged: Mapping[str, Mapping[str, Judged]]) -> dict[str, ClaimReport]:
        """The claims of one preset, by name."""
        id = record.experiment.id
        progress = Progress(done=self._experiments.done(id), total=record.total)
        return {
            name: ClaimReport(
                claim=judge.claim,
                # Half an experiment may say otherwise than the whole.
                judged=judged[id][name] if id in judged else NOT_YET,
                experiment=id,
                state=record.state,
                progress=progress,
            )
            for name, judge in JUDGES.items()
            if judge.claim.preset == preset
        }

    def _judge(self, preset: str, record: Record) -> Mapping[str, Judged]:
        names = [name for name, judge in JUDGES.items() if judge.claim.preset == preset]
        if record.state is State.CANCELLED:
            return dict.fromkeys(names, Judged(standing=Standing.OPEN, found="Its experiment was cancelled."))
        id = record.experiment.id
        try:
            results, plan = self._experiments.trials(id), self._experiments.plan(record)
        except Unreadable as error:
            return dict.fromkeys(names, Judged(standing=Standing.OPEN, found=f"Not to be judged: {error}."))
        if not results:
            why = record.reason or "no trial ended"
            return dict.fromkeys(names, Judged(standing=Standing.OPEN, found=f"Its experiment failed: {why}."))
        whole = report.build(
            record,
            plan,
            results,
            self._experiments.environment(id),
            now=None,
            cancelling=False,
            time=record.ended or 0.0,
        )
        return {name: JUDGES[name].judge(results, whole) for name in names}
