"""Operators of the simulated cluster, one module or folder each."""
