"""A folder of files that a command writes as a whole, or compares with what it would write.

A record in it says that it is such a folder; no other folder with files in it is written to. Deliberately not
here: what the files and the record say (handover/, operator/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from operations.errors import OperationError
from operations.reporting import console


def chosen(out: Path | None, check: Path | None) -> Path:
    """The folder of --out or --check. Raises OperationError unless exactly one of them is given."""
    here = out or check
    if here is None or (out and check):
        raise OperationError("name the folder: --out DIR to write it, or --check DIR to compare it")
    return here


def write(folder: Path, files: Mapping[str, str], left_over: Iterable[str], *, has_record: bool) -> None:
    """Write the files, and remove those that are left over. Raises OperationError."""
    try:
        if not has_record and folder.exists() and any(folder.iterdir()):
            raise OperationError(f"--out: {folder} holds other files; name a new folder")
        for path in sorted(left_over):
            (folder / path).unlink()
            parent = (folder / path).parent
            if parent != folder and not any(parent.iterdir()):
                parent.rmdir()
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperationError(f"--out: {folder} cannot be written: {error}") from error


def differences(folder: Path, files: Mapping[str, str], left_over: Iterable[str], owner: str) -> list[str]:
    """Differences, a sentence per file. ``owner``: the workload or stack that a file belongs to."""
    stale = [f"{path} is of no {owner} any more" for path in sorted(left_over)]
    for path, text in files.items():
        file = folder / path
        if not file.is_file():
            stale.append(f"{path} is missing")
        elif file.read_bytes() != text.encode():
            stale.append(f"{path} differs")
    return stale


def show_differences(folder: Path, stale: list[str]) -> bool:
    """Print what differs, and the command that mends it. Whether nothing does."""
    show = console()
    for line in stale:
        show.print(f"{folder}: {line}")
    if stale:
        show.print(f"{folder} is stale; write it again with --out {folder}")
    return not stale
