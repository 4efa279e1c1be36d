"""One trial: from spans and samples to its figures."""
