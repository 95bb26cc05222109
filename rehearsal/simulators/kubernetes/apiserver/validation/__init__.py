"""Validation of the built-in kinds, one module per kind or field group."""
