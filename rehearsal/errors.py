"""RehearsalError, the one error that the command line prints as a single line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class RehearsalError(Exception):
    """A problem: the value got, and the command to type. It is shown without a traceback."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def reporting_os_errors(subject: str, path: Path, remedy: str, *, status: int = 1) -> Iterator[None]:
    """Turn operating system and parse errors of the block into a RehearsalError.

    `subject` is the option or the role of the file, `path` the file or folder that the block uses.
    """
    try:
        yield
    except OSError as error:
        raise RehearsalError(
            f"{subject}: {error.filename or path} cannot be used ({error.strerror or error}); {remedy}",
            status=status,
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # JSONDecodeError and UnicodeDecodeError are ValueErrors; the others are JSON of an unexpected form.
        raise RehearsalError(
            f"{subject}: {path} is corrupt ({type(error).__name__}: {error}); {remedy}", status=status
        ) from error
