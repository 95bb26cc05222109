"""Validation of the kinds that own pods."""
