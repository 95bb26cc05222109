"""Checks of the rules that others set on what the stack writes: locks, deny assignments, Azure Policy."""
