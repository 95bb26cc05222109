"""Files that a report is made from: rehearsals, previews and exported states, distinguished by their form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from operations.errors import OperationError
from operations.options import REPOSITORY
from operations.report.base_waivers import with_base_waivers
from trust import Graph, TrustError, read_preview, read_rehearsal, read_state

_FORMS = (
    "a rehearsal (python -m rehearsal preview --stack NAME --json), "
    "a preview (pulumi preview --json --show-sames --show-reads) "
    "or a state (pulumi stack export)"
)


def read_document(option: str, path: Path, state: Path | None = None, program: Path = REPOSITORY) -> Graph:
    """The graph of a file.

    Args:
        option: The option that names the file, for messages.
        path: A rehearsal's document, a preview's digest or an exported state.
        state: The exported state that a preview began with, for a digest without unchanged resources.
        program: Folder of the program, in which a digest's base file is.

    Raises:
        OperationError: the file cannot be read, is none of these, or is not whole.
    """
    document = _parsed(option, path)
    before = _parsed("--state", state) if state else None
    try:
        if "steps" in document or "changeSummary" in document:
            return read_preview(with_base_waivers(document, program), before)
        if "diagnostics" in document:
            return read_rehearsal(document)
        if "deployment" in document or "checkpoint" in document:
            return read_state(document)
    except TrustError as error:
        raise OperationError(f"{option}: {path}: {error}") from error
    raise OperationError(f"{option}: {path} is no document of a stack; choose {_FORMS}")


def _parsed(option: str, path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OperationError(f"{option}: there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(f"{option}: {path} cannot be read: {error}") from error
    except ValueError as error:
        # The error's own text has no line of the file, which may hold secrets.
        raise OperationError(f"{option}: {path} is no JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise OperationError(f"{option}: {path} is no document of a stack; choose {_FORMS}")
    return document
