"""OperationError, the one error that the command line prints as a single line."""


class OperationError(Exception):
    """A problem and its remedy, shown without a traceback."""
