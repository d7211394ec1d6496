"""Benchmarks: both sides in one run, interleaved, stated as ratios (performance.md, A.8).

``rounds`` measures and states, ``scratch`` makes a database to measure in; the other modules are one benchmark each.
"""
