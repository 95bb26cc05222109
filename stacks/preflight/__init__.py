"""Checks against Azure before the first resource is registered."""
