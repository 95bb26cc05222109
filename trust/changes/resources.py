"""The effect of a change on resources: each operation, and the properties that cause it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from trust.graph import STACK_TYPE, Graph, Node
from trust.values import leaves, written

_NO_CHANGE: Final = ("same", "read", "refresh")
_OPERATIONS: Final = ("replace", "delete", "update", "create", "import")
"""In the order in which a reviewer wants to read them."""
_WEIGHTY: Final[Mapping[str, str]] = {
    "azure-native:keyvault:Vault": "vault",
    "azure-native:containerservice:ManagedCluster": "cluster",
    "azure-native:containerservice:AgentPool": "node pool",
    "azure-native:managedidentity:UserAssignedIdentity": "identity",
    "azure-native:keyvault:Secret": "vault secret",
    "azure-native:keyvault:Key": "vault key",
    "azure-native:resources:ResourceGroup": "resource group",
    "azure-native:network:VirtualNetwork": "virtual network",
    "azure-native:network:Subnet": "subnet",
    "kubernetes:core/v1:Namespace": "namespace",
    "kubernetes:core/v1:PersistentVolumeClaim": "volume claim",
}
"""Types whose replacement or deletion takes something away that other resources, or people, live on."""


@dataclass(frozen=True)
class ResourceChange:
    """The operation on one resource."""

    op: str
    """create, update, replace, delete or import."""
    node: Node
    causes: tuple[str, ...] = ()
    """Paths of the properties that change; for a replacement, of those that force it."""
    old_name: str = ""
    """The physical name of what is replaced, where it is known and another one."""

    @property
    def is_weighty(self) -> bool:
        """Whether something that others live on is replaced or deleted."""
        return self.op in ("replace", "delete") and self.node.type in _WEIGHTY

    def __str__(self) -> str:
        """A sentence without a full stop, such as "the vault kv-shop is replaced (location)" or "the vault
        kv-shop is replaced by kv-store (vaultName)".
        """
        noun = _WEIGHTY.get(self.node.type, self.node.type.rsplit(":", 1)[-1])
        verb = {"import": "is taken into the state"}.get(self.op, f"is {self.op.rstrip('e')}ed")
        causes = f" ({', '.join(self.causes)})" if self.causes else ""
        name = physical_name(self.node)
        if self.old_name:
            return f"the {noun} {self.old_name} {verb} by {name}{causes}"
        return f"the {noun} {name} {verb}{causes}"


def physical_name(node: Node) -> str:
    """The name in Azure, or the namespace and name in Kubernetes; the logical name of what has neither."""
    metadata = node.inputs.get("metadata")
    if isinstance(metadata, Mapping) and isinstance(metadata.get("name"), str):
        namespace = metadata.get("namespace")
        return f"{namespace}/{metadata['name']}" if isinstance(namespace, str) else str(metadata["name"])
    for key in _NAME_KEYS:
        if isinstance(node.inputs.get(key), str):
            return str(node.inputs[key])
    return node.name


_NAME_KEYS: Final = (
    *(
        "secretName",
        "keyName",
        "vaultName",
        "privateEndpointName",
        "subnetName",
        "ruleName",
        "actionGroupName",
    ),
    *("eventSubscriptionName", "workspaceName", "agentPoolName", "resourceName", "resourceGroupName"),
)
_NAMES: Final = frozenset({*_NAME_KEYS, "location", "metadata.name", "metadata.namespace"})


def resource_changes(after: Graph, before: Graph | None = None) -> tuple[ResourceChange, ...]:
    """Each resource that the change touches, the weightiest operations first.

    ``before`` holds the names of what is replaced. It is needed only if ``after`` was made on its own, from
    nothing: then both are compared, and of replacements only those show that a new name, namespace or
    location forces.
    """
    is_from_nothing = not after.deleted and all(node.op == "create" for node in after if node.id)
    is_comparison = before is not None and is_from_nothing
    changes = _compared(before, after) if is_comparison and before is not None else _operations(after, before)
    rank = {op: number for number, op in enumerate(_OPERATIONS)}
    return tuple(
        sorted(
            changes,
            key=lambda change: (rank.get(change.op, len(rank)), _weight(change), change.node.urn),
        )
    )


def _weight(change: ResourceChange) -> int:
    """The rank of what is replaced or deleted: a vault before the secrets in it."""
    types = list(_WEIGHTY)
    return types.index(change.node.type) if change.is_weighty else len(types)


def _is_shown(node: Node) -> bool:
    """The engine's default providers and the stack itself are no resources to a reader."""
    is_default = node.type.startswith("pulumi:providers:") and node.name.startswith("default")
    return not is_default and node.type != STACK_TYPE


def _operations(after: Graph, before: Graph | None) -> Iterator[ResourceChange]:
    for node in (*after, *after.deleted.values()):
        if node.op in _NO_CHANGE or not _is_shown(node):
            continue
        if node.op != "replace":
            yield ResourceChange(node.op, node, node.diffs)
            continue
        old = before.get(node.urn) if before is not None else None
        if old is None and node.replaced_inputs:
            old = replace(node, inputs=node.replaced_inputs)
        yield _replacement(old, node, node.replace_reasons)


def _replacement(old: Node | None, new: Node, causes: tuple[str, ...]) -> ResourceChange:
    old_name = "" if old is None else physical_name(old)
    # Without a name in its inputs, the provider or Azure names it: both have the logical name here.
    return ResourceChange("replace", new, causes, "" if old_name == physical_name(new) else old_name)


def _compared(before: Graph, after: Graph) -> Iterator[ResourceChange]:
    for node in after:
        old = before.get(node.urn)
        if not _is_shown(node):
            continue
        if old is None:
            yield ResourceChange("create", node)
        elif causes := _differing(old.inputs, node.inputs):
            # No resource can be renamed, whatever else forces a replacement.
            renamed = tuple(path for path in causes if path in _NAMES)
            yield _replacement(old, node, renamed) if renamed else ResourceChange("update", node, causes)
    for node in before:
        if _is_shown(node) and after.get(node.urn) is None:
            yield ResourceChange("delete", node)


def _differing(before: Any, after: Any) -> tuple[str, ...]:
    old, new = dict(leaves(before)), dict(leaves(after))
    paths = dict.fromkeys([*old, *new])
    return tuple(written(path) for path in paths if old.get(path, _NONE) != new.get(path, _NONE))


_NONE: Final = object()
