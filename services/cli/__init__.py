"""The command line: `lab …`."""
