"""The one error that a person sees as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class RehearsalError(Exception):
    """What is wrong, the value got, and what to type. Shown without a traceback."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def reporting_os_errors(subject: str, path: Path, remedy: str, *, status: int = 1) -> Iterator[None]:
    """Says what files and folders may do to us as a sentence: `what` is the option or the role, `where` the path that is meant."""
    try:
        yield
    except OSError as error:
        raise RehearsalError(
            f"{subject}: {error.filename or path} cannot be used ({error.strerror or error}); {remedy}",
            status=status,
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # JSONDecodeError and UnicodeDecodeError are ValueErrors; the others are JSON of another form
        raise RehearsalError(
            f"{subject}: {path} is spoilt ({type(error).__name__}: {error}); {remedy}", status=status
        ) from error
