"""Defaults that the API server gives to built-in kinds before it validates them."""
