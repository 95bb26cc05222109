"""The error of documents that cannot be read as a graph."""


class TrustError(Exception):
    """A document that is not what it should be. The message says what to type."""
