"""The question what exists: a refresh of a copy of the state, in a backend that exists for that moment only.

The providers themselves read each resource, with the rights and the settings that they have in an update, in
the rehearsal as in Azure. A refresh drops what does not exist. The stack's own state stays as it is.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from operations.errors import OperationError
from operations.workspace import Cli, Document

_PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


def refreshed(state: Document, urns: Iterable[str]) -> Document:
    """The state after a refresh of these resources: with what the providers read, without what they miss.

    Secrets in it are not encrypted. Raises OperationError if a provider cannot read.
    """
    with _stack_with(state) as cli:
        targets = [argument for urn in urns for argument in ("--target", urn)]
        try:
            cli.run("refresh", "--yes", "--skip-preview", "--suppress-outputs", *targets)
        except OperationError as error:
            raise OperationError(f"what exists cannot be read: {error}") from error
        return json.loads(cli.run("stack", "export", "--show-secrets"))


def destroy(state: Document, urn: str) -> None:
    """Let the provider delete one resource of this state."""
    with _stack_with(_alone(state, urn)) as cli:
        cli.run("destroy", "--yes", "--skip-preview", "--suppress-outputs", "--target", urn)


def _alone(state: Document, urn: str) -> Document:
    """The state with this resource, its provider and their parents only."""
    rows = {row["urn"]: row for row in state["deployment"]["resources"]}
    needed, waiting = set[str](), [urn]
    while waiting:
        row = rows[waiting.pop()]
        needed.add(row["urn"])
        waiting += filter(None, (row.get("parent"), row.get("provider", "").rpartition("::")[0]))
    dropped = ("dependencies", "propertyDependencies", "protect", "deletedWith", "replaceWith")
    resources = [
        {name: value for name, value in row.items() if name not in dropped}
        for row in rows.values()
        if row["urn"] in needed
    ]
    return {**state, "deployment": {**state["deployment"], "resources": resources}}


@contextmanager
def _stack_with(state: Document) -> Iterator[Cli]:
    """A stack of the same name with this state. URNs contain the names of stack and project."""
    # urn:pulumi:<stack>::<project>::<types>::<name>
    _, _, stack, _, project, *_ = state["deployment"]["resources"][0]["urn"].split(":")
    with tempfile.TemporaryDirectory() as folder:
        cli = _new_stack(Path(folder), stack, project)
        cli.run("stack", "import", document=state)
        yield cli


def _new_stack(folder: Path, stack: str, project: str) -> Cli:
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": project, "runtime": "python"}))
    (folder / "state").mkdir()
    environment = {
        "PULUMI_BACKEND_URL": f"{(folder / 'state').as_uri()}?metadata=skip",
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
    }
    if not any(name in os.environ for name in _PASSPHRASES):
        # The stack has another secrets provider. What is on disk for this moment has a key of its own.
        environment["PULUMI_CONFIG_PASSPHRASE"] = secrets.token_urlsafe(32)
    cli = Cli(folder, stack, environment)
    cli.run("stack", "init")
    return cli
