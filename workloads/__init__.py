"""Workloads: the contract, the registry and the built-in ones. Standard library only."""
