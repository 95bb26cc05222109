"""The project's own conventions, checked by the syntax tree: names, prose, imports, sizes. `python -m
tools.conventions` runs all.
"""
