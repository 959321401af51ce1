"""Benchmarks, run by hand (``cd tests && ../.venv/bin/python -m bench.throughput``); they print, and assert nothing."""
