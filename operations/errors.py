"""OperationError, the one error that the command line prints as a single line."""


class OperationError(Exception):
    """What is wrong, and what to type. It is shown without a traceback."""
