"""Starts, watches, samples and kills measured workers."""
