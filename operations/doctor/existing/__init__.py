"""Checks of what the settings name as existing, one file per kind of resource."""
