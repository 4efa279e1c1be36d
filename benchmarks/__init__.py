"""The lab measured: each module is one command, `python -m benchmarks.NAME`, that remakes figures the docs quote."""
