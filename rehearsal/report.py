"""The JSON document of a rehearsal, made of the engine's events and the exported state.

Every secret is "[secret]".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pulumi.automation import EngineEvent

SECRET: Final = "[secret]"
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_COLOR: Final = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")
STACK_TYPE: Final = "pulumi:pulumi:Stack"
UNHANDLED: Final = "an unhandled error occurred: "
"""Prefix of the engine's second message about a RunError of the program."""


@dataclass
class Events:
    """Events of one engine operation, reduced to what the report shows."""

    summary: dict[str, int] = field(default_factory=dict)
    operations: dict[str, str] = field(default_factory=dict)
    """URN → operation. A replacement is one operation, `replace`."""
    changes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """URN → paths of the properties that change (`diffs`), and of those that cause the replacement
    (`replace_reasons`).
    """
    deleted: dict[str, dict[str, Any]] = field(default_factory=dict)
    """URN → row of a deleted resource, which the state no longer holds."""
    diagnostics: list[dict[str, str]] = field(default_factory=list)

    def handle(self, event: EngineEvent) -> None:
        if event.resource_pre_event:
            self._resource(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            # Only this event tells the result of a refresh: update, delete or same.
            self._resource(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self.operations.pop(event.res_op_failed_event.metadata.urn, None)
            self.deleted.pop(event.res_op_failed_event.metadata.urn, None)
        elif event.diagnostic_event and not event.diagnostic_event.ephemeral:
            self._diagnostic(event.diagnostic_event)
        elif event.summary_event:
            changes = event.summary_event.resource_changes
            self.summary = {str(getattr(op, "value", op)): count for op, count in changes.items()}

    def _resource(self, metadata: Any) -> None:
        operation = str(getattr(metadata.op, "value", metadata.op))
        if operation in ("create-replacement", "delete-replaced", "replace"):
            operation = "replace"
        if operation == "refresh":
            return
        self.operations[metadata.urn] = operation
        if operation in ("update", "replace"):
            self._changes(metadata)
        if operation == "delete" and metadata.old:
            self.deleted[metadata.urn] = {
                "op": operation,
                "urn": metadata.urn,
                "id": metadata.old.id,
                "type": metadata.type,
                "name": metadata.urn.split("::", 3)[3],
                "parent": metadata.old.parent or "",
                "provider": metadata.provider or "",
                "dependencies": [],
                "inputs": masked(metadata.old.inputs or {}),
                "outputs": masked(metadata.old.outputs or {}),
                "protect": bool(metadata.old.protect),
                "external": False,
            }

    def _changes(self, metadata: Any) -> None:
        detailed = metadata.detailed_diff or {}
        replacing = [path for path, diff in detailed.items() if _kind(diff).endswith("-replace")]
        changes = {
            "diffs": list(detailed or metadata.diffs or ()),
            "replace_reasons": list(replacing or metadata.keys or ()),
        }
        # A replacement has several events, and not all of them tell why.
        known = self.changes.setdefault(metadata.urn, {})
        known |= {name: paths for name, paths in changes.items() if paths}

    def _diagnostic(self, event: Any) -> None:
        severity = str(event.severity)
        message = _COLOR.sub("", event.message).strip()
        # `info#err` diagnostics are lines that the program prints; they are for the terminal.
        repeated = any(message == UNHANDLED + known["message"] for known in self.diagnostics)
        if message and not repeated and severity not in ("debug", "info#err"):
            self.add(severity, event.urn or "", message)

    def add(self, severity: str, urn: str, message: str) -> None:
        entry = {"severity": severity, "urn": urn, "message": message}
        if entry not in self.diagnostics:
            self.diagnostics.append(entry)


@dataclass(frozen=True)
class Report:
    """The one document that `--json` prints."""

    summary: Mapping[str, int] = field(default_factory=dict)
    resources: Iterable[Mapping[str, Any]] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: Iterable[Mapping[str, str]] = ()
    proofs: Sequence[Mapping[str, Any]] = ()
    """Rows of the proofs' verdicts; none if they were not run."""

    def document(self) -> dict[str, Any]:
        return {
            "summary": dict(self.summary),
            "resources": list(self.resources),
            "outputs": dict(self.outputs),
            "diagnostics": list(self.diagnostics),
            "proofs": list(self.proofs),
        }


def _kind(diff: Any) -> str:
    kind = getattr(diff, "diff_kind", "")
    return str(getattr(kind, "value", kind))


def report(events: Events, deployment: Mapping[str, Any] | None) -> Report:
    """The report of an operation; `deployment` is the state after it."""
    rows = (deployment or {}).get("resources") or []
    live = [_row(row, events) for row in rows if not row.get("delete")]
    outputs = next((row.get("outputs") or {} for row in rows if row["type"] == STACK_TYPE), {})
    here = {row["urn"] for row in live}
    return Report(
        events.summary,
        [*live, *(row for urn, row in events.deleted.items() if urn not in here)],
        masked(outputs),
        list(events.diagnostics),
    )


_PARTS: Final = ("data", "stringData", "binaryData")


def with_keys(masked_report: Report, deployment: Mapping[str, Any]) -> Report:
    """The report with the keys of Secrets and ConfigMaps whose whole data is secret: a manifest needs them.

    In `deployment` the engine's secrets are in plain text.
    """
    inputs = {row["urn"]: row.get("inputs") or {} for row in deployment.get("resources") or []}
    rows = [
        {**row, "inputs": _with_keys(row["inputs"], inputs.get(row["urn"], {}))}
        if row["type"].startswith("kubernetes:core/v1:")
        else row
        for row in masked_report.resources
    ]
    return replace(masked_report, resources=rows)


def _with_keys(inputs: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    keys = {
        part: json.loads(plain[part]["plaintext"])
        for part in _PARTS
        if inputs.get(part) == SECRET and "plaintext" in plain.get(part, {})
    }
    return {**inputs, **{part: dict.fromkeys(values, SECRET) for part, values in keys.items()}}


def _row(row: Mapping[str, Any], events: Events) -> dict[str, Any]:
    return {
        "op": events.operations.get(row["urn"], "same"),
        "urn": row["urn"],
        "id": row.get("id", ""),
        "type": row["type"],
        "name": row["urn"].split("::", 3)[3],
        "parent": row.get("parent", ""),
        "provider": row.get("provider", ""),
        "dependencies": row.get("dependencies") or [],
        "inputs": masked(row.get("inputs") or {}),
        # The stack's outputs are the document's.
        "outputs": {} if row["type"] == STACK_TYPE else masked(row.get("outputs") or {}),
        "protect": bool(row.get("protect")),
        "external": bool(row.get("external")),
        **events.changes.get(row["urn"], {}),
    }


def masked(value: Any) -> Any:
    """The value with each of the engine's secrets replaced by the mask, encrypted or not."""
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return SECRET
        return {name: masked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value
