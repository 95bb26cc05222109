"""The folder of one acceptance: project and stack file, state and passphrase, output, evidence, report.

The state is a file backend in the folder, so that an acceptance touches no backend of the user's, and can be
cleaned up later from the folder alone.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from operations.errors import OperationError
from stacks.settings.base.project_file import NAME

TEMPLATE: Final = Path(__file__).with_name("Pulumi.acceptance.yaml")
_PREFIX: Final = "acceptance-"
_RUN: Final = "run.json"


@dataclass(frozen=True)
class RunFolder:
    """One run on disk."""

    path: Path
    program: Path
    """Folder of `__main__.py`."""

    @classmethod
    def create(cls, parent: Path, program: Path, location: str, vm_size: str) -> RunFolder:
        """A new folder with the stack file for this region and size."""
        stack = f"{_PREFIX}{secrets.token_hex(3)}"
        folder = cls(parent / stack, program)
        folder.path.mkdir(parents=True)
        (folder.path / "state").mkdir()
        passphrase = folder.path / "passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        project = (program / NAME).read_text(encoding="utf-8")
        (folder.path / NAME).write_text(project, encoding="utf-8")
        document = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
        document["config"]["azure-native:location"] = location
        document["config"]["aks-secrets:cluster"]["system_pool"]["vm_size"] = vm_size
        folder.write_stack(document)
        (folder.path / _RUN).write_text(json.dumps({"stack": stack}), encoding="utf-8")
        return folder

    @classmethod
    def open(cls, path: Path, program: Path) -> RunFolder:
        """The folder of an earlier run. Raises OperationError if it is none."""
        if not (path / _RUN).is_file():
            raise OperationError(f"--clean-up: {path} is not the folder of an acceptance; it has no {_RUN}")
        return cls(path.resolve(), program)

    @property
    def stack(self) -> str:
        return self.path.name

    @property
    def stack_file(self) -> Path:
        return self.path / f"Pulumi.{self.stack}.yaml"

    @property
    def log(self) -> Path:
        """The output of every step. Pulumi prints no value of a secret."""
        return self.path / "output.log"

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables of Pulumi in this run."""
        return {
            "PULUMI_BACKEND_URL": (self.path / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": (self.path / "passphrase").read_text(encoding="utf-8"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "KUBECONFIG": os.devnull,
        }

    def read_stack(self) -> dict[str, Any]:
        return yaml.safe_load(self.stack_file.read_text(encoding="utf-8"))

    def write_stack(self, document: Mapping[str, Any]) -> None:
        text = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)
        self.stack_file.write_text(text, encoding="utf-8")

    def write(self, name: str, text: str) -> Path:
        """A file of the report or of the evidence."""
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file
