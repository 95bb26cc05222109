"""The folder of Stack objects: its files, and the record of the options that it was written with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml

from operations import written_folder
from operations.errors import OperationError
from operations.operator.deployment import Deployment
from operations.operator.objects import manifests
from operations.operator.readme import readme
from operations.operator.stack_files import DeployedStack

RECORD: Final = "stacks.json"
_VERSION: Final = 1
_HEADER: Final = "# Written by `python -m operations stacks`; a change here is lost.\n"


@dataclass(frozen=True)
class Record:
    """The folder's own record."""

    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    files: tuple[str, ...] = ()


def contents(deployment: Deployment, stacks: Sequence[DeployedStack]) -> dict[str, str]:
    """Path below the folder → text."""
    texts = {path: _yaml(objects) for path, objects in manifests(deployment, stacks).items()}
    record = {"version": _VERSION, "files": sorted(texts), "options": asdict(deployment)}
    return {
        "README.md": readme(deployment, stacks),
        RECORD: json.dumps(record, indent=2) + "\n",
        **texts,
    }


def record_of(folder: Path) -> Record | None:
    """The record of the folder. None: there is none."""
    file = folder / RECORD
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        options = {**record["options"], "stacks": tuple(record["options"]["stacks"])}
        paths = tuple(map(str, record["files"]))
        if not all(_is_below(path) for path in paths):
            raise ValueError("a path elsewhere")
        expected = {each.name: type(getattr(Deployment(), each.name)) for each in fields(Deployment)}
        if any(type(value) is not expected.get(name) for name, value in options.items()):
            raise ValueError("an option of another kind")
        return Record(options, paths)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise OperationError(f"{file} is no record of Stack objects; remove it to begin anew") from error


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files, and remove those of stacks that are gone. Raises OperationError."""
    record = record_of(folder)
    written_folder.write(folder, files, _left_over(folder, record, files), has_record=record is not None)


def differences(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Differences, a sentence per file."""
    record = record_of(folder)
    return written_folder.differences(folder, files, _left_over(folder, record, files), "stack")


def _left_over(folder: Path, record: Record | None, files: Mapping[str, str]) -> list[str]:
    return [
        path for path in (record.files if record else ()) if path not in files and (folder / path).is_file()
    ]


def _is_below(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and pure.suffix == ".yaml"


def _yaml(objects: Sequence[Mapping[str, Any]]) -> str:
    return _HEADER + yaml.safe_dump_all(objects, sort_keys=False, allow_unicode=True, width=1000)
