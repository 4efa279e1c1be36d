"""What every test has."""

import signal

import pytest

pytest_plugins = ["tests.skips", "tests.web_server", "tests.store_server", "tests.live", "tests.browser.chromium"]


def pytest_configure(config: pytest.Config) -> None:
    """Labs that tests start are ended as Ctrl-C does. A shell that runs this in the background has that ignored, and
    whoever is started would inherit it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
