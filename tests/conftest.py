"""What every test has."""

pytest_plugins = ["tests.skips", "tests.web_server", "tests.live"]
