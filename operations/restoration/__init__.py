"""Deleted vaults and secrets of a stack that can come back."""
