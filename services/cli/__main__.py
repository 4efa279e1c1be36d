"""`python -m services.cli` is `lab`: the lab starts its own processes so, without a script on the path."""

from __future__ import annotations

from services.cli.main import main

main()
