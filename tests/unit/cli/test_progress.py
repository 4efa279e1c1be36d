"""Progress in a log and in a terminal."""

from __future__ import annotations

import pytest
from rich.console import Console

from services.cli.progress import Lines, LiveLine
from services.core.report import Progress
from tests.unit.cli.example import at, experiment


def test_a_log_gets_a_line_when_a_trial_begins_and_none_for_its_phases(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for now in (at(0, phase="start"), at(0, phase="ping"), at(1, repeat=2)):
        lines.show(experiment, Progress(done=now.trial, total=9, seconds_left=65.0 if now.trial else None, now=now), "")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "0/9 threads@2, repeat 2 of 3",
        "1/9 threads@2, repeat 3 of 3, about 65 s left",
    ]


def test_a_log_gets_a_line_when_the_experiment_has_to_wait_and_when_it_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = Lines()
    progress = Progress(done=0, total=9, now=at(0))
    for waits in ("", "waiting for a conductor", "waiting for a conductor", "", "waiting for a conductor"):
        lines.show(experiment, progress, waits)
    assert [one[:5] for one in capsys.readouterr().err.splitlines()] == ["0/9 t", "waiti", "0/9 t", "waiti"]


def test_a_terminal_shows_bar_count_time_left_and_phase(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(stderr=True, force_terminal=True, width=80, legacy_windows=False, no_color=True)
    with LiveLine(console) as bar:
        bar.say("a word besides [1]")
        bar.show(experiment, Progress(done=3, total=9, seconds_left=40.0, now=at(3, phase="saturate")), "")
        bar.show(experiment, Progress(done=4, total=9), "waiting for Redis: [b]it is away[/b]")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "[b]it is away[/b]" in captured.err
    assert "a word besides [1]" in captured.err
    assert "3/9" in captured.err and "40 s left" in captured.err
    assert "threads@2, repeat 2 of 3: saturate" in captured.err
