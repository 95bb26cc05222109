"""The one error that a person sees as a sentence."""


class RehearsalError(Exception):
    """What is wrong, the value got, and what to type. Shown without a traceback."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
