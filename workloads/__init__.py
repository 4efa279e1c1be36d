"""What the lab runs: the contract, the registry and the built-in workloads. Standard library only."""
