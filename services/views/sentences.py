"""Sentences that the command line and the pages have in common."""

from __future__ import annotations

from services.core.claims import JudgedLine
from services.core.damage import Damage
from services.core.environment import Node
from services.core.experiment import Experiment, State
from services.core.labels import assignment
from services.core.quantities import size
from services.core.report import CurrentTrial, Report, VariantVerdict
from services.views.times import local


def standing(state: State, *, doubtful: bool) -> str:
    """Return the state of an experiment: `finished`, `finished, doubtful`."""
    return f"{state}, doubtful" if doubtful and state is State.FINISHED else state


def repeat(experiment: Experiment, now: CurrentTrial) -> str:
    """Return `repeat 2 of 3`; for an added repeat, `repeat 4`."""
    end = f" of {experiment.repeats}" if now.repeat < experiment.repeats else ""
    return f"repeat {now.repeat + 1}{end}"


def why_ended(report: Report) -> str:
    """Return why no repeat was added to a finished experiment; empty where none could have been."""
    reason = report.reason if report.state is State.FINISHED else ""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def variant(verdict: VariantVerdict) -> str:
    """Return the swept parameters of a variant: `limit=2000, kind=pipe`."""
    return ", ".join(assignment(name, value) for name, value in verdict.variant.items())


def evidence(line: JudgedLine) -> str:
    """Return the part of a claim that one experiment answers: `HTTP: holds. 1.90 times (1.85 to 1.94)`."""
    return f"{line.preset}: {line.standing}.{f' {line.result}' if line.result else ''}"


def machine(node: Node) -> str:
    """Return the properties of a node that could change a figure."""
    found = node.fingerprint
    return (
        f"{node.name}: {found.cpu_model}, {found.usable_cores:g} of {found.cores} cores, "
        f"{size(found.memory_limit)}, {found.python}, Celery {found.celery}, broker {found.measured_on}"
    )


def damage(found: Damage) -> str:
    """Return what was damaged in the store's files, with the time it was found."""
    return f"The store's files were damaged (found {local(found.found_at)}). {found.words}"


def own_worker(report: Report) -> str:
    """Return what a user's own application ran in; empty for a workload."""
    found = next((cell.facts for cell in report.cells if cell.facts and cell.facts.app), None)
    if found is None:
        return ""
    children = max(cell.children for cell in report.cells)
    sent = f" A task sent up to {children:.3g} messages on average, kept and not run." if children else ""
    return (
        f"Your application {found.app} ran in {found.python} with Celery {found.celery} and kombu {found.kombu}.{sent}"
    )
