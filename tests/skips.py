"""On CI a skipped test is a failure: what the machine lacks, nobody has checked.

Active where CI=true. The one reason a machine may have is in `allowed`.
"""

from __future__ import annotations

import os

import pytest

allowed = ("no container engine:",)


def pytest_configure(config: pytest.Config) -> None:
    """Watch the skips of this run, if it is CI's."""
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(UnexpectedSkips(), "unexpected-skips")


class UnexpectedSkips:
    """Notes every skip of a run that no allowed reason explains, and fails the run."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test, or a fixture of it, was skipped."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A whole module was skipped."""
        self._note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a run that passed into one that failed."""
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which, and why."""
        if self.found:
            terminalreporter.section("skipped on CI, so failed", red=True)
            for line in self.found:
                terminalreporter.write_line(line)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        # An expected failure is reported as skipped, too.
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        # A skip's longrepr is (path, line, "Skipped: reason").
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if not reason.startswith(allowed):
            self.found.append(f"{report.nodeid}: {reason}")
