"""Runs an experiment's trials, one after another."""
