"""How long a file and how full a folder may be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tools.conventions.sources import Finding, Source

LINES = 300
FILES = 20
ONE_FILE_PER_SECTION = (
    "stacks/settings/model", "stacks/settings/rules", "tests/settings/model", "tests/settings/rules",
)  # fmt: skip
"""Folders with one file for each section of the configuration, however many there are."""


def check(files: Iterable[Source], lines: int = LINES, most: int = FILES) -> Iterator[Finding]:
    folders: dict[str, int] = defaultdict(int)
    for source in files:
        count = len(source.text.splitlines())
        if count > lines:
            yield Finding(source.path, count, f"has {count} lines; split it, {lines} are the limit")
        if not source.path.endswith("__init__.py"):
            folders[source.folder] += 1
    for folder, count in folders.items():
        if count > most and folder not in ONE_FILE_PER_SECTION:
            yield Finding(folder, 1, f"has {count} Python files; divide it, {most} are the limit")
