"""How one rehearsal of a test went."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Run:
    """How one rehearsal went."""

    status: int
    document: Mapping[str, Any]
    output: str
    """Everything that was printed, on either stream."""

    @property
    def summary(self) -> Mapping[str, int]:
        """Operation → count, without the resources that stayed the same or were only read."""
        return {
            op: count
            for op, count in self.document["summary"].items()
            if op not in ("same", "read") and count
        }

    @property
    def changes(self) -> dict[str, list[str]]:
        """Operation → the names of the resources, sorted, without those that stayed the same."""
        changes: dict[str, list[str]] = {}
        for resource in self.document["resources"]:
            if resource["op"] != "same":
                changes.setdefault(resource["op"], []).append(resource["name"])
        return {operation: sorted(names) for operation, names in changes.items()}

    @property
    def operations(self) -> dict[str, set[str]]:
        """Operation → type and name of each resource: ``{"read": {"Vault vault-existing-vault"}}``."""
        operations: dict[str, set[str]] = {}
        for resource in self.document["resources"]:
            text = f"{resource['type'].split(':')[-1]} {resource['name']}"
            operations.setdefault(resource["op"], set()).add(text)
        return operations

    @property
    def errors(self) -> str:
        """The complaints of the engine and the providers."""
        return "\n".join(
            resource["message"]
            for resource in self.document["diagnostics"]
            if resource["severity"] == "error"
        )

    def inputs(self, suffix: str, name: str | None = None) -> list[Mapping[str, Any]]:
        """Inputs of every resource of a type."""
        return [
            resource["inputs"]
            for resource in self.document["resources"]
            if resource["type"].endswith(f":{suffix}") and name in (None, resource["name"])
        ]


def finished(done: "subprocess.CompletedProcess[str]") -> Run:
    document = json.loads(done.stdout) if "--json" in done.args else {}
    return Run(done.returncode, document, done.stdout + done.stderr)
