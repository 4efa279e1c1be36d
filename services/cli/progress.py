"""Progress on stderr while an experiment runs: a bar in a terminal, lines in a log."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as RichProgress

from services.cli.options import say
from services.core.experiment import Experiment
from services.core.report import CurrentTrial, Progress
from services.core.safe_text import plain
from services.views import times
from services.views.sentences import repeat


class Display(Protocol):
    """Shows the progress of an experiment inside its `with` block."""

    def show(self, experiment: Experiment, progress: Progress, waits: str) -> None:
        """Show the progress. `waits` is why the experiment does not go on; empty while it does."""

    def say(self, text: str) -> None:
        """Print a line that stays."""

    def __enter__(self) -> Display: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


def display() -> Display:
    """Return a bar where stderr is a terminal, else lines."""
    console = Console(stderr=True)
    return LiveLine(console) if console.is_terminal and not console.is_dumb_terminal else Lines()


class LiveLine:
    """One line that changes, and disappears when the experiment has ended."""

    def __init__(self, console: Console) -> None:
        # Drawn on changes, not by a thread: that would cost CPU on the machine under test.
        self._bar = RichProgress(
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            TextColumn("{task.description}", markup=False),
            console=console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, visible=False, left="")
        self._shown: tuple[object, ...] = ()

    def show(self, experiment: Experiment, progress: Progress, waits: str) -> None:
        """Draw the bar, if anything changed."""
        doing = plain(waits or now(experiment, progress.now) or "…")
        left = times.left(progress.seconds_left)
        if (doing, progress.done, left) != self._shown:
            self._shown = (doing, progress.done, left)
            self._bar.update(
                self._task, description=doing, completed=progress.done, total=progress.total, visible=True, left=left
            )
            self._bar.refresh()

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> LiveLine:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()


class Lines:
    """A line when a trial begins, and when the experiment has to wait."""

    def __init__(self) -> None:
        self._said = ""
        self._trial = -1

    def show(self, experiment: Experiment, progress: Progress, waits: str) -> None:
        """Print a line for a new trial or wait; phases pass too fast for a log."""
        if waits:
            if waits != self._said:
                self.say(waits)
            self._said, self._trial = waits, -1
        elif progress.now is not None and progress.now.trial != self._trial:
            self._said, self._trial = "", progress.now.trial
            left = times.left(progress.seconds_left)
            self.say(
                f"{progress.done}/{progress.total} {progress.now.cell}, {repeat(experiment, progress.now)}"
                f"{f', {left}' if left else ''}"
            )

    def say(self, text: str) -> None:
        """Print a line on stderr."""
        say(text)

    def __enter__(self) -> Lines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


def now(experiment: Experiment, at: CurrentTrial | None) -> str:
    """Return `threads@2, repeat 2 of 3: saturate`."""
    return "" if at is None else f"{at.cell}, {repeat(experiment, at)}: {at.phase}"
