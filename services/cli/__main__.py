"""`python -m services.cli` is `lab`: how the lab starts its own processes, wherever the script is installed."""

from __future__ import annotations

from services.cli.main import main

main()
