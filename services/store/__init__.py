"""Everything the lab keeps in Redis, and the embedded server."""
