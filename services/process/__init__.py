"""Starting, tying, ending and supervising child processes."""
