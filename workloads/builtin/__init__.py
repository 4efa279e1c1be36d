"""The workloads that come with the lab, one file per family."""
