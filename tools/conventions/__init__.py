"""The project's own conventions, checked by the syntax tree: names, imports, sizes. `python -m
tools.conventions` runs all.
"""
