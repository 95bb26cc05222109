"""The graph of what the engine sends to a policy pack, Pulumi's ``Analyzer`` service, as JSON.

The engine sends a resource's inputs before it operates on it, and the outputs of all at the end. It sends no
ids, so those that other resources name are taken from there. Deliberately not here: the service itself
(``policy/``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from trust.graph import STACK_TYPE, Graph, Node, name_of, unversioned
from trust.nodes.azure import CLUSTER, IDENTITY
from trust.nodes.vaults import VAULT
from trust.values import UNKNOWN, Text, cleaned, leaves

_ARM_ID: Final = re.compile(
    r"/subscriptions/[^/]+/resourcegroups/([^/]+)/providers/([^/]+/[^/]+)/([^/]+)(?=/|$)", re.I
)
_NAMED_BY: Final = {
    CLUSTER: ("microsoft.containerservice/managedclusters", "resourceName"),
    IDENTITY: ("microsoft.managedidentity/userassignedidentities", "resourceName"),
    VAULT: ("microsoft.keyvault/vaults", "vaultName"),
}
"""Type → the type in its ARM id, and the input that holds its name."""


def read_analysis(
    resources: Sequence[Mapping[str, Any]], inputs: Mapping[str, Mapping[str, Any]], *, preview: bool
) -> Graph:
    """The graph of one operation.

    Args:
        resources: The resources of ``AnalyzeStackRequest``, with their outputs.
        inputs: The properties of each ``AnalyzeRequest``, by URN.
        preview: Whether the operation is a preview, so that the outputs of new resources are unknown.
    """
    rows = sorted(resources, key=lambda row: row["urn"])  # the engine sends them in any order
    nodes = [_node(row, inputs.get(row["urn"]), preview=preview) for row in rows]
    ids = _mentioned(nodes)
    outputs = next((row.get("properties") for row in resources if row["type"] == STACK_TYPE), None)
    return Graph(
        [replace(node, id=_id(node, ids)) if node.id is UNKNOWN else node for node in nodes],
        "preview" if preview else "state",
        outputs=_plain(outputs or {}),
    )


def _node(row: Mapping[str, Any], requested: Mapping[str, Any] | None, *, preview: bool) -> Node:
    provider: Mapping[str, Any] = row.get("provider") or {}
    is_component = not provider and not row["type"].startswith("pulumi:providers:")
    outputs = _plain(row.get("properties") or {})
    if row["type"] == STACK_TYPE:
        outputs = {}  # they are the graph's
    return Node(
        urn=row["urn"],
        type=row["type"],
        name=row.get("name") or name_of(row["urn"]),
        id="" if is_component else UNKNOWN,
        parent=row.get("parent") or "",
        provider=provider.get("urn") or "",
        dependencies=tuple(row.get("dependencies") or ()),
        inputs=_plain(requested or {}),
        outputs=outputs,
        outputs_known=not preview or _are_known(outputs, provider),
        protect=bool((row.get("options") or {}).get("protect")),
        # The engine analyzes the inputs of everything that the program registers, and not of what it reads.
        external=requested is None and not is_component,
    )


def _plain(properties: Any) -> Any:
    """The properties as an exported state has them: protobuf has no whole numbers."""
    return _with_whole_numbers(cleaned(properties))


def _with_whole_numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _are_known(outputs: Mapping[str, Any], provider: Mapping[str, Any]) -> bool:
    """Whether these are all outputs. A provider that cannot be called yet returns the inputs as outputs."""
    if not outputs or any(value is UNKNOWN for _, value in leaves(outputs)):
        return False
    return not any(value is UNKNOWN for _, value in leaves(_plain(provider.get("properties") or {})))


def _mentioned(nodes: Iterable[Node]) -> Mapping[tuple[str, str], set[str]]:
    """Type and name → the ARM ids of that resource that any resource has as an input or output."""
    ids: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for node in nodes:
        for _, value in (*leaves(node.inputs), *leaves(node.outputs)):
            match = _ARM_ID.match(value) if isinstance(value, str) else None
            if match:
                ids[match[2].lower(), match[3].lower()].setdefault(match[0].lower(), match[0])
    return {key: set(values.values()) for key, values in ids.items()}


def _id(node: Node, ids: Mapping[tuple[str, str], set[str]]) -> Text:
    """The id of a resource, if another one names it. Without that, nothing compares it."""
    kind, parameter = _NAMED_BY.get(unversioned(node.type), ("", ""))
    name, group = node.get(parameter) or node.get("name"), node.input("resourceGroupName")
    candidates = {
        candidate
        for candidate in ids.get((kind, str(name).lower()), ())
        if not isinstance(group, str) or f"/resourcegroups/{group.lower()}/" in candidate.lower()
    }
    return candidates.pop() if len(candidates) == 1 else UNKNOWN
