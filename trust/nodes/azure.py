"""The links of the chain in Azure that are no vault: clusters, identities, credentials, role assignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trust.graph import Node
from trust.nodes.fields import flag, mapping, switch, text, texts, vault_in_id
from trust.values import UNKNOWN, Flag, Text

CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"
CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"
IDENTITY_BINDING: Final = "azure-native:containerservice:IdentityBinding"
ROLE_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
_CSI: Final = "addonProfiles.azureKeyvaultSecretsProvider"
_ROUTING: Final = "ingressProfile.webAppRouting"


@dataclass(frozen=True)
class Cluster:
    """An AKS cluster of the stack, or one that the stack's platform publishes."""

    node: Node
    name: Text
    resource_id: Text
    issuer: Text
    """URL of its OIDC issuer; empty without one."""
    oidc_enabled: Flag = UNKNOWN
    workload_identity_enabled: Flag = UNKNOWN
    """Whether AKS runs the webhook that gives pods their token."""
    local_accounts_disabled: Flag = UNKNOWN
    azure_rbac: Flag = UNKNOWN
    csi_addon: Flag = UNKNOWN
    """Whether the add-on azureKeyvaultSecretsProvider is on."""
    secret_rotation: Flag = UNKNOWN
    rotation_poll_interval: Text = UNKNOWN
    csi_addon_client_id: Text = UNKNOWN
    csi_addon_principal_id: Text = UNKNOWN
    app_routing_client_id: Text = UNKNOWN
    """The identity as which the application routing add-on reads certificates."""
    app_routing_principal_id: Text = UNKNOWN
    kubelet_client_id: Text = UNKNOWN
    kubelet_principal_id: Text = UNKNOWN
    is_reference: bool = False
    """Not of this stack: of its settings nothing is known."""

    @property
    def node_principals(self) -> tuple[Text, ...]:
        """The identities of its nodes, as which every pod there can sign in."""
        return self.kubelet_principal_id, self.csi_addon_principal_id, self.app_routing_principal_id

    @classmethod
    def of_component(cls, node: Node) -> Cluster:
        """A cluster that exists already, as its component has registered it."""
        return cls(
            node=node,
            name=text(node.get("name")),
            resource_id=text(node.get("resource_id")),
            issuer=text(node.get("issuer_url")),
            csi_addon_client_id=text(node.get("csi_addon_client_id")),
            csi_addon_principal_id=text(node.get("csi_addon_object_id")),
            app_routing_client_id=text(node.get("app_routing_client_id")),
            app_routing_principal_id=text(node.get("app_routing_object_id")),
            kubelet_principal_id=text(node.get("kubelet_object_id")),
            is_reference=True,
        )

    @classmethod
    def of(cls, node: Node) -> Cluster:
        oidc = flag(node.input("oidcIssuerProfile.enabled", node.get("oidcIssuerProfile.enabled")))
        kubelet = "identityProfile.kubeletidentity"
        return cls(
            node=node,
            name=text(node.get("name", node.input("resourceName"))),
            resource_id=node.id,
            issuer=text(node.get("oidcIssuerProfile.issuerURL")),
            oidc_enabled=oidc,
            workload_identity_enabled=switch(node, "securityProfile.workloadIdentity.enabled"),
            local_accounts_disabled=switch(node, "disableLocalAccounts"),
            azure_rbac=switch(node, "aadProfile.enableAzureRBAC"),
            csi_addon=switch(node, f"{_CSI}.enabled"),
            secret_rotation=switch(node, f"{_CSI}.config.enableSecretRotation"),
            rotation_poll_interval=text(node.input(f"{_CSI}.config.rotationPollInterval")),
            csi_addon_client_id=text(node.get(f"{_CSI}.identity.clientId")),
            csi_addon_principal_id=text(node.get(f"{_CSI}.identity.objectId")),
            app_routing_client_id=text(node.get(f"{_ROUTING}.identity.clientId")),
            app_routing_principal_id=text(node.get(f"{_ROUTING}.identity.objectId")),
            kubelet_client_id=text(node.get(f"{kubelet}.clientId")),
            kubelet_principal_id=text(node.get(f"{kubelet}.objectId")),
        )


@dataclass(frozen=True)
class Identity:
    """A user-assigned identity, made or read by the program; or a principal that a component names."""

    node: Node
    name: Text
    resource_id: Text
    client_id: Text
    principal_id: Text
    tenant_id: Text

    @classmethod
    def of(cls, node: Node) -> Identity:
        return cls(
            node,
            text(node.get("name", node.input("resourceName")) or node.input("resourceName")),
            node.id,
            text(node.get("clientId")),
            text(node.get("principalId")),
            text(node.get("tenantId")),
        )

    @classmethod
    def of_component(cls, node: Node) -> Identity:
        """The identity that a component has registered as its outputs: of one that exists already."""
        return cls(
            node,
            text(node.get("name"), node.name),
            text(node.get("resource_id")),
            text(node.get("client_id")),
            text(node.get("principal_id")),
            text(node.get("tenant_id")),
        )


@dataclass(frozen=True)
class Credential:
    """A federated identity credential."""

    node: Node
    name: Text
    identity_name: Text
    resource_group: Text
    issuer: Text
    subject: Text
    audiences: tuple[Text, ...]

    @classmethod
    def of(cls, node: Node) -> Credential:
        return cls(
            node,
            text(node.get("federatedIdentityCredentialResourceName") or node.get("name")),
            text(node.input("resourceName")),
            text(node.input("resourceGroupName")),
            text(node.get("issuer")),
            text(node.get("subject")),
            texts(node.get("audiences")),
        )

    @property
    def service_account(self) -> tuple[str, str] | None:
        """Namespace and name of the ServiceAccount that the subject names. None: it names none."""
        prefix, _, rest = str(self.subject or "").partition("system:serviceaccount:")
        namespace, separator, name = rest.partition(":")
        return (namespace, name) if not prefix and separator and namespace and name else None


@dataclass(frozen=True)
class IdentityBinding:
    """A binding of an identity to a cluster, whose token proxy gets tokens for the identity."""

    node: Node
    name: Text
    cluster_name: Text
    identity_id: Text
    """ARM id of the identity."""

    @classmethod
    def of(cls, node: Node) -> IdentityBinding:
        return cls(
            node,
            text(node.get("identityBindingName") or node.get("name")),
            text(node.input("resourceName")),
            text(node.get("properties.managedIdentity.resourceId")),
        )


@dataclass(frozen=True)
class RoleAssignment:
    """A role of a principal at a scope."""

    node: Node
    principal_id: Text
    principal_type: Text
    role: Text
    """GUID of the role definition, in lower case."""
    scope: Text
    condition: Text = ""
    """ABAC condition of each use of the role; empty: none."""

    @classmethod
    def of(cls, node: Node) -> RoleAssignment:
        definition = text(node.get("roleDefinitionId"))
        return cls(
            node,
            text(node.get("principalId")),
            text(node.get("principalType")),
            UNKNOWN if definition is UNKNOWN else str(definition).rsplit("/", 1)[-1].lower(),
            text(node.get("scope")),
            text(node.input("condition") if node.inputs else node.get("condition")),
        )

    @property
    def vault(self) -> Text:
        """Name of the vault at or in which the scope is; empty for a wider scope."""
        return vault_in_id(self.scope)[0]


def clusters_of_platform(node: Node) -> list[Cluster]:
    """The cluster in the output ``platform`` that a StackReference reads of another stack."""
    cluster = mapping(mapping(node.get(("outputs", "platform"))).get("cluster"))
    if not cluster:
        return []
    name, issuer = text(cluster.get("name")), text(cluster.get("issuerUrl"))
    return [Cluster(node, name, text(cluster.get("id")), issuer, is_reference=True)]
