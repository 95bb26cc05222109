"""Operators in compositions."""
