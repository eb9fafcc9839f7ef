"""Benchmarks: ratios side by side in one run, never absolute promises. `make bench` prints one table.

made: seeded inputs · measured: one process, its wall time and peak memory · full_run, all_methods, resolving, start_up:
subjects, each beside its baseline · __main__: the table and the gates.
"""
