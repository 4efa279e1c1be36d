"""Parts of the workload `channel`."""
