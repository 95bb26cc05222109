"""The folder of a hand-over: what is in it, written or compared.

A folder that holds ``handover.json`` is one; no other folder with files in it is written to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from operations import written_folder
from operations.errors import OperationError
from operations.handover.helm import values
from operations.handover.kustomize import ACCOUNT, component
from operations.handover.pods import HandedOver, Manifest, Target, is_name
from operations.handover.readme import readme

RECORD: Final = "handover.json"
_VERSION: Final = 1
_HEADER: Final = "# Written by `python -m operations handover`; a change here is lost.\n"


def contents(stack: str, workloads: Sequence[HandedOver], source: str = "") -> dict[str, str]:
    """Path below the folder → text."""
    targets = {each.workload: [each.target.name, each.target.container] for each in workloads}
    files = {
        "README.md": readme(stack, workloads, source),
        RECORD: json.dumps({"version": _VERSION, "stack": stack, "targets": targets}, indent=2) + "\n",
    }
    for workload in workloads:
        for name, manifest in {**component(workload), "values.yaml": values(workload)}.items():
            files[f"{workload.workload}/{name}"] = _yaml(manifest)
    return files


def recorded_targets(folder: Path) -> dict[str, Target]:
    """The targets that the folder was written for. Empty: it was not written yet."""
    record = _record(folder)
    return dict(record["targets"]) if record else {}


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files, and remove those of workloads that are gone. Raises OperationError."""
    record = _record(folder)
    written_folder.write(folder, files, _left_over(folder, record, files), has_record=record is not None)


def differences(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Differences, a sentence per file. Raises OperationError if the folder is no hand-over."""
    record = _record(folder)
    if record is None:
        raise OperationError(f"--check: {folder} has no {RECORD}; write it first, with --out")
    return written_folder.differences(folder, files, _left_over(folder, record, files), "workload")


def _left_over(folder: Path, record: Mapping[str, Any] | None, files: Mapping[str, str]) -> list[str]:
    """Files that the command has written for workloads that are gone, or that are other ones now."""
    written = record["targets"] if record else ()
    names = {ACCOUNT, *(path.partition("/")[2] for path in files if "/" in path)}
    left = [f"{name}/{file}" for name in written for file in sorted(names) if f"{name}/{file}" not in files]
    return [path for path in left if (folder / path).is_file()]


def _record(folder: Path) -> dict[str, Any] | None:
    """The record of the folder. None: there is none."""
    file = folder / RECORD
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        targets = {name: Target(*map(str, target)) for name, target in record["targets"].items()}
        if not all(map(is_name, targets)):
            raise ValueError("a name of a folder elsewhere")
        return {**record, "targets": targets}
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise OperationError(f"{file} is no record of a hand-over; remove it to begin anew") from error


def _yaml(manifest: Manifest) -> str:
    return _HEADER + yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=1000)
