"""Benchmarks of the lab: each `python -m benchmarks.NAME` remeasures figures that the docs quote."""
