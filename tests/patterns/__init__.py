"""The regular expressions of the project."""
