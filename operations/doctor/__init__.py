"""The check of everything that the first `up` of a stack needs, before it. One file per family of checks."""
