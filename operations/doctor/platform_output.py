"""The output `platform` of the stack that a stack of workloads stands on (stacks/outputs/platform.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from operations.azure.documents import at, text_at
from operations.errors import OperationError
from operations.workspace import Cli

VERSION: Final = 2
_SECONDS: Final = 60


@dataclass(frozen=True)
class PlatformOutput:
    """The outputs of the other stack."""

    stack: str
    document: Mapping[str, Any] = field(default_factory=dict[str, Any])
    problem: str = ""
    """The reason that it cannot be read; empty if it can."""

    @classmethod
    def read(cls, folder: Path, stack: str) -> PlatformOutput:
        """The output of a stack, by the Pulumi CLI."""
        try:
            text = Cli(folder, stack).run("stack", "output", "platform", "--json", timeout=_SECONDS)
            document = json.loads(text)
        except OperationError as error:
            return cls(stack, problem=f"stack {stack} has no output platform: {error}")
        except ValueError:
            return cls(stack, problem=f"the output platform of stack {stack} is no JSON")
        if not isinstance(document, Mapping) or not text_at(document, "cluster", "id"):
            return cls(stack, problem=f"the output platform of stack {stack} names no cluster")
        return cls(stack, document)

    @property
    def is_usable(self) -> bool:
        """Whether this release reads it."""
        return not self.problem and self.version == VERSION

    @property
    def version(self) -> object:
        return at(self.document, "version")

    @property
    def tenant_id(self) -> str:
        return text_at(self.document, "tenantId")

    @property
    def cluster_id(self) -> str:
        """ARM id of the cluster. Empty: it is not known."""
        return text_at(self.document, "cluster", "id")

    def vault_id(self, label: str | None) -> str:
        """ARM id of the vault with this label; None is that of section ``vault``. Empty: there is none."""
        return text_at(self.document, *(("vaults", label) if label else ("vault",)), "id")
