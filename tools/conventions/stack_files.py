"""The stack files that are shipped, and the copies of them that the tests use."""

from collections.abc import Iterator
from pathlib import Path

from tools.conventions.sources import REPOSITORY, Finding

COPIES = "tests/stack_files"
MARK = "# Shipped with the project"


def check(root: Path = REPOSITORY) -> Iterator[Finding]:
    """A shipped stack file that its copy does not follow. A stack file without the mark is a user's."""
    for copy in sorted((root / COPIES).glob("Pulumi.*.yaml")):
        stack_file = root / copy.name
        text = stack_file.read_text(encoding="utf-8") if stack_file.is_file() else ""
        if MARK in text and text != copy.read_text(encoding="utf-8"):
            yield Finding(
                copy.name,
                1,
                f"is shipped and differs from {COPIES}/{copy.name}: copy it there; or, if the stack is yours"
                f" now, delete its line '{MARK} …'",
            )
