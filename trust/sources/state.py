"""The graph of a state: the document of ``pulumi stack export``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trust.errors import TrustError
from trust.graph import STACK_TYPE, Graph, Node, name_of, provider_urn
from trust.values import UNKNOWN, cleaned

_COMMAND: Final = "pulumi stack export --stack NAME --file state.json"


def read_state(export: Any) -> Graph:
    """The graph of an exported state. Raises TrustError for another document."""
    rows = state_rows(export)
    nodes = [state_node(row) for row in rows]
    outputs = next((row.get("outputs") for row in rows if row.get("type") == STACK_TYPE), None)
    return Graph(nodes, "state", outputs=cleaned(outputs or {}))


def state_rows(export: Any) -> list[Mapping[str, Any]]:
    """The resources of an exported state, without those that only wait for their deletion."""
    whole = export if isinstance(export, Mapping) else {}
    deployment = whole.get("deployment") or (whole.get("checkpoint") or {}).get("latest") or whole
    if not isinstance(deployment, Mapping) or not ("resources" in deployment or "manifest" in deployment):
        raise TrustError(f"this is not an exported state (make one: {_COMMAND})")
    rows = deployment.get("resources") or []
    if not all(isinstance(row, Mapping) and "urn" in row and "type" in row for row in rows):
        raise TrustError(f"the resources of this state are not those of an export (make one: {_COMMAND})")
    return [row for row in rows if not row.get("delete")]


def state_node(row: Mapping[str, Any], op: str = "same") -> Node:
    """The node of a resource in a state."""
    return Node(
        urn=row["urn"],
        type=row["type"],
        name=name_of(row["urn"]),
        id=cleaned(row.get("id") or "") or (UNKNOWN if row.get("custom") else ""),
        op="read" if row.get("external") and op == "same" else op,
        parent=row.get("parent") or "",
        provider=provider_urn(row.get("provider") or ""),
        dependencies=tuple(row.get("dependencies") or ()),
        inputs=cleaned(row.get("inputs") or {}),
        # The stack's outputs are the graph's; here they would only be a second copy.
        outputs={} if row["type"] == STACK_TYPE else cleaned(row.get("outputs") or {}),
        protect=bool(row.get("protect")),
        external=bool(row.get("external")),
    )
