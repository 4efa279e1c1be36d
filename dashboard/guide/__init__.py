"""Lessons of the guide and questions of the decision guide: data, and pure functions over it."""
