"""What the workload `channel` is made of."""
