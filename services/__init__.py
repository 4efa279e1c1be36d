"""The headless lab: everything but the web pages."""
