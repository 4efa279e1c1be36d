"""Reading the stored data of an experiment for a comparison."""

from __future__ import annotations

from services.analysis.across.comparison import StoredExperiment
from services.store.experiments import Experiments


def stored_experiment(experiments: Experiments, id: str) -> StoredExperiment:
    """Return all that is stored of an experiment. Raises NotFound, Unreadable, StoreUnreachable."""
    record = experiments.get(id)
    return StoredExperiment(
        experiment=record.experiment,
        cells=experiments.plan(record).cells,
        results=experiments.trials(id),
        environment=experiments.environment(id),
    )
