"""The closed list of warnings about a cell: every rule beside its text and its remedy."""
