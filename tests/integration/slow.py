"""An experiment that runs while something happens to the lab."""

from __future__ import annotations

from typing import Any

from tests.live import LiveLab, until

#: One that has ended when something dies, the one that is hit, and one to show that the experiment goes on.
TRIALS = 3


def slow(lab: LiveLab, **asked: Any) -> str:
    """An experiment of TRIALS trials; comes back when its first has ended and the next is at work."""
    asked = {"models": ["threads"], "concurrency": [2], "repeats": TRIALS, **asked}
    id = lab.submit("wait", params={"milliseconds": 20}, **asked)
    until(lambda: lab.report(id)["progress"]["done"] >= 1 and lab.workers(), seconds=60)
    return id


def throughputs(report: dict[str, Any]) -> dict[int, float]:
    return {
        trial["index"]: trial["throughput"]
        for cell in report["cells"]
        for trial in cell["trials"]
        if trial["failure"] == ""
    }


def saturating(lab: LiveLab, id: str) -> bool:
    now = lab.report(id)["progress"]["now"]
    return now is not None and now["phase"] == "saturate"
