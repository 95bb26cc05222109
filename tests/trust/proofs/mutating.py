"""Every value of the chain's resources in a build, changed one at a time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trust.graph import Graph, Node, unversioned
from trust.values import SECRET, UNKNOWN, Step, at, leaves, written

_PODS = (
    "spec.serviceAccountName",
    "spec.automountServiceAccountToken",
    "spec.volumes",
    "spec.containers[0].env",
    "spec.containers[0].volumeMounts",
    'metadata.labels["azure.workload.identity',
    'metadata.annotations["dapr.io/app-id',
    'metadata.annotations["dapr.io/config',
    'metadata.annotations["dapr.io/enabled',
)
CHAIN: Mapping[str, tuple[str, ...]] = {
    # Type, without the API version of azure-native → prefixes of the paths that belong to the chain.
    "azure-native:containerservice:ManagedCluster": ("oidcIssuerProfile", "securityProfile.workloadIdentity"),
    "azure-native:managedidentity:FederatedIdentityCredential": ("",),
    "azure-native:managedidentity:UserAssignedIdentity": ("",),
    "azure-native:authorization:RoleAssignment": ("",),
    "azure-native:keyvault:Vault": ("",),
    "azure-native:keyvault:Secret": ("",),
    "kubernetes:core/v1:ServiceAccount": ("metadata",),
    "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": ("metadata", "spec"),
    "kubernetes:external-secrets.io/v1:SecretStore": ("metadata", "spec"),
    "kubernetes:external-secrets.io/v1:ExternalSecret": ("metadata", "spec"),
    "kubernetes:dapr.io/v1alpha1:Component": ("metadata", "spec", "scopes"),
    "kubernetes:dapr.io/v1alpha1:Configuration": ("metadata", "spec"),
    "kubernetes:rbac.authorization.k8s.io/v1:Role": ("metadata", "rules"),
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ("metadata", "roleRef", "subjects"),
    "kubernetes:apps/v1:Deployment": tuple(f"spec.template.{path}" for path in _PODS),
    "kubernetes:core/v1:Pod": _PODS,
}
DELIVERY: Mapping[str, tuple[str, ...]] = {
    # Type → prefixes of the paths that belong to the delivery of values, and to what surrounds it.
    "kubernetes:external-secrets.io/v1:SecretStore": ("metadata.n", "spec"),
    "kubernetes:external-secrets.io/v1:ExternalSecret": ("metadata.n", "spec"),
    "kubernetes:dapr.io/v1alpha1:Component": ("metadata", "spec", "scopes"),
    "kubernetes:dapr.io/v1alpha1:Configuration": ("metadata", "spec"),
    "kubernetes:rbac.authorization.k8s.io/v1:Role": ("metadata", "rules"),
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ("metadata.namespace", "roleRef.n", "subjects"),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": ("metadata.namespace", "spec"),
    "kubernetes:core/v1:Namespace": ("metadata.labels",),
    "kubernetes:core/v1:Service": ("metadata.namespace", "spec.selector", "spec.ports"),
    "kubernetes:apps/v1:Deployment": ("metadata.namespace", "metadata.annotations", "spec.template"),
    "kubernetes:helm.sh/v3:Release": (
        "version",
        "values.rbac.serviceAccount",
        "values.reloader",
        "values.dapr_side",
    ),
}
_INDEX = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True)
class Mutation:
    """One value of a resource that has become another one."""

    node: Node
    path: tuple[Step, ...]
    value: Any

    @property
    def label(self) -> str:
        """Kind and path, without indexes; pods are one kind, whatever owns them."""
        kind, path = self.node.type.rsplit(":", 1)[-1], _INDEX.sub("", written(self.path))
        is_owner = path.startswith("spec.template.")
        return f"{'Pod' if is_owner else kind} {path.removeprefix('spec.template.') if is_owner else path}"

    def applied(self, graph: Graph) -> Graph:
        """The graph with the changed value, as input and as output."""
        outputs = self.node.outputs
        if at(outputs, self.path) == at(self.node.inputs, self.path):
            outputs = _changed(outputs, self.path, self.value)
        inputs = _changed(self.node.inputs, self.path, self.value)
        node = replace(self.node, inputs=inputs, outputs=outputs)
        nodes = [node if item.urn == node.urn else item for item in graph]
        return Graph(nodes, graph.source, outputs=graph.outputs)


def mutations(graph: Graph, kinds: Mapping[str, tuple[str, ...]] = CHAIN) -> Iterator[Mutation]:
    """Every value of the resources of these types at these paths, each changed once."""
    for node in graph:
        prefixes = kinds.get(unversioned(node.type))
        for path, value in leaves(node.inputs) if prefixes is not None else ():
            if value in (UNKNOWN, SECRET) or not any(
                written(path).startswith(prefix) for prefix in prefixes or ()
            ):
                continue
            yield Mutation(node, path, _another(value))


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    text = str(value)
    if "\n" in text:  # the parameter `objects` of a SecretProviderClass
        return text.replace("objectName: ", "objectName: x", 1)
    return {"true": "false", "false": "true"}.get(text, f"{text}x")


def _changed(whole: Any, path: tuple[Step, ...], value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    if isinstance(whole, list) and isinstance(step, int):
        return [
            _changed(item, tuple(rest), value) if index == step else item for index, item in enumerate(whole)
        ]
    if isinstance(whole, Mapping):
        return {
            key: _changed(item, tuple(rest), value) if key == step else item for key, item in whole.items()
        }
    return whole
