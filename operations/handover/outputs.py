"""The outputs of a stack, from the stack itself, from a document, or from a rehearsal of a stack file."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from operations.azure.documents import objects_at, text_at
from operations.errors import OperationError
from operations.workspace import Cli

Outputs = dict[str, Any]
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's stand-in for a value that a preview does not know: pulumi, sdk/go/common/util/rpcutil."""


def of_stack(cli: Cli) -> Outputs:
    """The outputs of the last update, secrets masked. Raises OperationError with the CLI's message."""
    return _plain(json.loads(cli.run("stack", "output", "--json")))


def of_file(file: Path) -> tuple[Outputs, str]:
    """The outputs in the document of a rehearsal, or in what `pulumi stack output --json` has printed, and
    the origin of ids that are made up; empty: they may be real.
    """
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        document = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise OperationError(f"--from: {file} cannot be read: {error}") from error
    except ValueError as error:
        raise OperationError(f"--from: {file} is no JSON document: {error}") from error
    is_rehearsal = isinstance(document, dict) and {"outputs", "summary"} <= set(document)
    if is_rehearsal and not document["outputs"] and (why := _why(text, "")):
        raise OperationError(f"--from: the rehearsal of {file} failed: {why}")
    return _outputs(document, f"--from: {file}"), "a rehearsal" if is_rehearsal else ""


def of_rehearsal(stack: str, config_file: Path) -> Outputs:
    """The outputs of a rehearsed `up` of a stack file, whose ids are made up."""
    with tempfile.TemporaryDirectory() as state:
        command = [sys.executable, "-m", "rehearsal", "up", "--stack", stack, "--skip-preview", "--json"]
        done = subprocess.run(
            [*command, "--config-file", str(config_file.resolve()), "--state", state],
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise OperationError(f"--config-file: the rehearsal fails: {_why(done.stdout, done.stderr)}")
        return _outputs(json.loads(done.stdout), f"--config-file: {config_file}")


def _why(document: str, errors: str) -> str:
    """The errors of a rehearsal: in its document, or what it has printed if it made none."""
    try:
        rows = objects_at(json.loads(document), "diagnostics")
    except ValueError:
        return errors.strip()
    messages = [text_at(row, "message") for row in rows if text_at(row, "severity") == "error"]
    return "\n".join(messages) or errors.strip()


def _outputs(document: Any, source: str) -> Outputs:
    outputs = document.get("outputs", document) if isinstance(document, dict) else None
    if not isinstance(outputs, dict):
        raise OperationError(f"{source} holds no outputs; name what `rehearsal up --json` has written")
    return _plain(outputs)


def _plain(outputs: Outputs) -> Outputs:
    """The outputs with whole numbers as such: the engine has only floats."""

    def whole(value: Any) -> Any:
        match value:
            case dict():
                return {key: whole(item) for key, item in value.items()}
            case list():
                return [whole(item) for item in value]
            case float() if value.is_integer():
                return int(value)
            case str() if _UNKNOWN in value:
                raise OperationError("the outputs are those of a preview; take those of an update")
            case _:
                return value

    return whole(outputs)
