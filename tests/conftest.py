"""What every test has."""

pytest_plugins = ["tests.skips", "tests.web_server", "tests.store_server", "tests.live"]
