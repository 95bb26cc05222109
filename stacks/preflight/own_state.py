"""The state of this stack, as the last operation left it.

Deliberately not here: what follows from it (hand_over.py, kept_secrets.py, warnings/vaults.py,
warnings/pods_elsewhere.py), and the values in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pulumi

STACK = "pulumi:pulumi:Stack"
SECRET = "azure-native:keyvault:Secret"
VAULT = "azure-native:keyvault:Vault"
VAULT_COMPONENT = "aks-secrets:index:KeyVault"
RANDOM = "random:index/randomPassword:RandomPassword"
ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment"
RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
SERVICE_ACCOUNT_PATCH = "kubernetes:core/v1:ServiceAccountPatch"
KUBERNETES_SECRET = "kubernetes:core/v1:Secret"
DAPR_COMPONENT = "kubernetes:dapr.io/v1alpha1:Component"
DAPR_CONFIGURATION = "kubernetes:dapr.io/v1alpha1:Configuration"
EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret"
PROVIDER_CLASS = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
SECRET_SYNC = "kubernetes:secret-sync.x-k8s.io/v1alpha1:SecretSync"
NAMESPACE = "kubernetes:core/v1:Namespace"
# The engine's own function, also behind StackReference: pulumi, pkg/resource/deploy/builtins.go
_READ = "pulumi:pulumi:readStackResourceOutputs"


@dataclass(frozen=True)
class OwnState:
    """Resources in the state."""

    names: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Logical names by type."""
    specs: Mapping[tuple[str, str], Mapping[str, Any]] = field(
        default_factory=dict[tuple[str, str], Mapping[str, Any]]
    )
    """``spec`` of the objects that decide which Kubernetes Secrets there are, by type and logical name."""
    holders: Mapping[tuple[str, str], frozenset[str]] = field(
        default_factory=dict[tuple[str, str], frozenset[str]]
    )
    """Logical names by type and name: ``<namespace>/<name>`` of a Kubernetes object, the name of an Azure
    resource in lower case.
    """

    dapr_components: Mapping[str, str] = field(default_factory=dict[str, str])
    """URNs of the Components of Dapr, by ``<namespace>/<name>``."""
    read_objects: frozenset[tuple[str, str]] = frozenset()
    """Vault and name, in lower case, of each object that the output ``access`` of the last update lists."""
    principals: Mapping[str, str] = field(default_factory=dict[str, str])
    """Object ids of the principals of user-assigned identities, by logical name."""
    published: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Outputs of the stack."""

    @classmethod
    def read(cls) -> Self:
        """The state of this stack. It is empty before the first update, and if the backend cannot be read."""
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        try:
            answer: Any = pulumi.runtime.invoke(_READ, {"stackName": stack}).value
        # The SDK raises no narrower one. A backend that does not answer fails the update by itself.
        except Exception as error:
            pulumi.log.debug(f"the state of {stack} cannot be read: {error}")
            return cls({})
        names: dict[str, set[str]] = {}
        specs: dict[tuple[str, str], Mapping[str, Any]] = {}
        holders: dict[tuple[str, str], set[str]] = {}
        principals: dict[str, str] = {}
        components: dict[str, str] = {}
        read: set[tuple[str, str]] = set()
        published: Mapping[str, Any] = {}
        resources: Mapping[str, Mapping[str, Any]] = answer["outputs"] if answer else {}
        for urn, resource in resources.items():
            _, _, types, name = urn.removeprefix("urn:pulumi:").split("::", 3)
            token = types.rsplit("$", 1)[-1]
            names.setdefault(token, set()).add(name)
            outputs: Mapping[str, Any] = resource.get("outputs") or {}
            if token in (EXTERNAL_SECRET, PROVIDER_CLASS):
                specs[token, name] = outputs.get("spec", {})
            if token == STACK:
                published = outputs
                rows: Iterable[Mapping[str, Any]] = outputs.get("access") or ()
                read = {(str(row["vault"]).lower(), str(row["secret"]).lower()) for row in rows}
            if token == IDENTITY:
                principals[name] = str(outputs.get("principalId", ""))
            if token == DAPR_COMPONENT:
                components[_physical_name(outputs)] = urn
            holders.setdefault((token, _physical_name(outputs)), set()).add(name)
        return cls(
            {token: frozenset(of_type) for token, of_type in names.items()},
            specs,
            {key: frozenset(of_name) for key, of_name in holders.items()},
            components,
            frozenset(read),
            principals,
            published,
        )

    def has(self, token: str, name: str) -> bool:
        """Whether there is a resource of a type with this name, as in ``holders``."""
        return (token, name) in self.holders

    def of_type(self, token: str) -> frozenset[str]:
        """Logical names of the resources of a type."""
        return self.names.get(token, frozenset())


def _physical_name(outputs: Mapping[str, Any]) -> str:
    metadata: Mapping[str, Any] | None = outputs.get("metadata")
    if metadata is None:
        return str(outputs.get("name", "")).lower()
    return f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
