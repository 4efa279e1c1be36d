"""The broker under test: where measured tasks queue."""
