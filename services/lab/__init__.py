"""The composition root, and the one door for dashboard and command line."""
