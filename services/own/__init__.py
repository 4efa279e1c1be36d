"""Tasks of users' own applications: where they are registered, what they look like, and what a user agrees to."""
