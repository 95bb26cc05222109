"""Another program, under cProfile."""

STATISTICS = "BENCHMARKS_STATISTICS"
"""Variable of the environment: the file for the profile."""
PROGRAM = "BENCHMARKS_PROGRAM"
"""Variable of the environment: the program to run."""
