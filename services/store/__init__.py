"""The ledger: what the lab keeps in Redis, and its embedded server."""
