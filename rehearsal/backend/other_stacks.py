"""Other stacks of a --cloud file, made by the engine in the backend of the state folder.

They have outputs and no resources. An entry is made once; a changed one is made again, as another update of
that stack would change its outputs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pulumi
from pulumi.automation import LocalWorkspace, Stack
from pulumi.automation.errors import CommandError

from rehearsal.engine import EngineCommand
from rehearsal.errors import RehearsalError
from rehearsal.simulators.seed_document import SeedError
from rehearsal.simulators.seed_stacks import SECTION, SeededStack, seeded_stacks
from rehearsal.state_folder import StateFolder

_FOLDER: Final = "other-stacks"


def plant_stacks(
    engine: EngineCommand, state_folder: StateFolder, cloud: Any, environment: Mapping[str, str]
) -> None:
    """Make the stacks that are new or have other outputs. Raises RehearsalError."""
    try:
        stacks = seeded_stacks(cloud)
    except SeedError as error:
        raise RehearsalError(f"--cloud: {error}", status=2) from error
    for stack in stacks:
        project = stack.project or state_folder.project
        folder = state_folder.folder / _FOLDER / project / stack.stack
        mark, text = folder / "planted", _mark(stack, state_folder.passphrase)
        if mark.is_file() and mark.read_text(encoding="utf-8") == text:
            continue
        checkpoint = state_folder.backend / ".pulumi" / "stacks" / project / f"{stack.stack}.json"
        if checkpoint.is_file() and not mark.is_file():
            raise RehearsalError(
                f"--cloud: {SECTION}: stack {project}/{stack.stack} is in the state folder, where a rehearsal"
                " made it; remove the entry, or choose another folder with --state",
                status=2,
            )
        folder.mkdir(parents=True, exist_ok=True)
        project_file = {"name": project, "runtime": "python"}
        (folder / "Pulumi.yaml").write_text(json.dumps(project_file), encoding="utf-8")
        workspace = LocalWorkspace(
            work_dir=str(folder),
            pulumi_home=str(state_folder.home),
            program=partial(_export, stack),
            env_vars=dict(environment),
            pulumi_command=engine,
        )
        try:
            Stack.create_or_select(stack.stack, workspace).up(suppress_outputs=True)
        except CommandError:  # its text has the outputs
            problem = f"the engine cannot make stack {project}/{stack.stack} of --cloud"
            raise RehearsalError(problem) from None
        mark.write_text(text, encoding="utf-8")


def _export(stack: SeededStack) -> None:
    for name, value in stack.outputs.items():
        pulumi.export(name, value)
    for name, value in stack.secret_outputs.items():
        pulumi.export(name, pulumi.Output.secret(value))


def _mark(stack: SeededStack, key: str) -> str:
    """A keyed hash: the outputs may be secret."""
    text = json.dumps([stack.outputs, stack.secret_outputs], sort_keys=True)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
