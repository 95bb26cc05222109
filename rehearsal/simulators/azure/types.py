"""Table of the simulated ARM types: id template, naming, and properties that force a replacement. Data only.

The Python SDK has none of this. To add a type, add a row: the id template is the PUT path of the REST
reference with the SDK's wire names as parameters. `replaces` lists the properties that force azure-native to
replace the resource, besides path parameters: `forceNewMap` in pulumi-azure-native
provider/pkg/gen/replacement.go, and `x-ms-mutability` in azure-rest-api-specs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rehearsal.simulators.azure.arm_type import GROUP as _GROUP
from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.azure.arm_type import arm_type as _type
from rehearsal.simulators.azure.keyed_types import KEYED_TYPES

# AKS and managed identities return a lower-case `resourcegroups`; ids are compared case-insensitively.
_LOWER: Final = "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}"
_CLUSTER: Final = _LOWER + "/providers/Microsoft.ContainerService/managedClusters/{resourceName}"
_IDENTITY: Final = _LOWER + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
_VAULT: Final = _GROUP + "/providers/Microsoft.KeyVault/vaults/{vaultName}"
_NETWORK: Final = _GROUP + "/providers/Microsoft.Network/"
_INSIGHTS: Final = _GROUP + "/providers/Microsoft.Insights/"
_TOPIC: Final = _GROUP + "/providers/Microsoft.EventGrid/systemTopics/{systemTopicName}"

# PR pulumi-azure-native#4771: the properties of networkProfile that AKS cannot change in place.
_NETWORK_PROFILE: Final = (
    *("serviceCidr", "serviceCidrs", "dnsServiceIP", "networkMode", "networkPlugin", "networkPluginMode"),
    *("podCidr", "networkDataplane", "networkPolicy", "outboundType"),
)


_SECRET_NAME: Final = {"secretName": r"^[a-zA-Z0-9-]{1,127}$"}
_VAULT_NAME: Final = {"vaultName": r"^[a-zA-Z0-9-]{3,24}$"}
_FIC: Final = "federatedIdentityCredentialResourceName"

CREATED_TYPES: Final[Mapping[str, ArmType]] = {
    row.token: row
    for row in (
        _type("resources:ResourceGroup", _GROUP, "location", needs_location=True),
        _type("keyvault:Vault", _VAULT, needs_location=True, patterns=_VAULT_NAME),
        _type("keyvault:Secret", _VAULT + "/secrets/{secretName}", patterns=_SECRET_NAME | _VAULT_NAME),
        _type("keyvault:Key", _VAULT + "/keys/{keyName}", patterns={"keyName": r"^[a-zA-Z0-9-]{1,127}$"}),
        # All entries of a vault have one id (custom_keyvault_accesspolicy.go).
        _type("keyvault:AccessPolicy", _VAULT + "/accessPolicy"),
        # location: of a TrackedResource, x-ms-mutability read and create.
        _type("managedidentity:UserAssignedIdentity", _IDENTITY, "location", needs_location=True),
        _type(
            "managedidentity:FederatedIdentityCredential",
            _IDENTITY + f"/federatedIdentityCredentials/{{{_FIC}}}",
            patterns={_FIC: r"^[a-zA-Z0-9]{1}[a-zA-Z0-9-_]{2,119}$"},
        ),
        _type(
            "authorization:RoleAssignment",
            "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
            "principalId",
            "scope",
            naming="uuid",
        ),
        _type(
            "containerservice:ManagedCluster",
            _CLUSTER,
            *("diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "linuxProfile", "location"),
            *("nodeResourceGroup", "windowsProfile"),
            *(f"networkProfile.{name}" for name in _NETWORK_PROFILE),
            needs_location=True,
            patterns={"resourceName": r"^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$"},
        ),
        _type(
            "containerservice:AgentPool",
            _CLUSTER + "/agentPools/{agentPoolName}",
            *("gpuInstanceProfile", "vmSize"),
            patterns={"agentPoolName": r"^[a-z][a-z0-9]{0,11}$"},
        ),
        _type(
            "containerservice:MaintenanceConfiguration", _CLUSTER + "/maintenanceConfigurations/{configName}"
        ),
        _type(
            "containerservice:IdentityBinding",
            _CLUSTER + "/identityBindings/{identityBindingName}",
            "properties.managedIdentity.resourceId",
        ),
        _type(
            "containerservice:TrustedAccessRoleBinding",
            _CLUSTER + "/trustedAccessRoleBindings/{trustedAccessRoleBindingName}",
        ),
        _type("containerservice:ManagedNamespace", _CLUSTER + "/managedNamespaces/{managedNamespaceName}"),
        _type(
            "kubernetesconfiguration:Extension",
            _GROUP + "/providers/{clusterRp}/{clusterResourceName}/{clusterName}"
            "/providers/Microsoft.KubernetesConfiguration/extensions/{extensionName}",
        ),
        _type(
            "containerregistry:Registry",
            _GROUP + "/providers/Microsoft.ContainerRegistry/registries/{registryName}",
            "location",
            needs_location=True,
            patterns={"registryName": r"^[a-zA-Z0-9]{5,50}$"},
        ),
        _type("monitor:ActionGroup", _INSIGHTS + "actionGroups/{actionGroupName}", "location"),
        _type("monitor:MetricAlert", _INSIGHTS + "metricAlerts/{ruleName}", "location"),
        _type(
            "monitor:DiagnosticSetting",
            "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
        ),
        _type(
            "operationalinsights:Workspace",
            _GROUP + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
            "location",
            needs_location=True,
        ),
        _type("eventgrid:SystemTopic", _TOPIC, "location", needs_location=True),
        _type(
            "eventgrid:SystemTopicEventSubscription", _TOPIC + "/eventSubscriptions/{eventSubscriptionName}"
        ),
        _type("network:VirtualNetwork", _NETWORK + "virtualNetworks/{virtualNetworkName}", "location"),
        _type("network:Subnet", _NETWORK + "virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"),
        _type(
            "network:VirtualNetworkPeering",
            _NETWORK
            + "virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}",
        ),
        _type("network:NetworkSecurityGroup", _NETWORK + "networkSecurityGroups/{networkSecurityGroupName}"),
        _type("network:NatGateway", _NETWORK + "natGateways/{natGatewayName}"),
        _type("network:RouteTable", _NETWORK + "routeTables/{routeTableName}"),
        _type(
            "network:PublicIPAddress",
            _NETWORK + "publicIPAddresses/{publicIpAddressName}",
            *("location", "publicIPAddressVersion", "publicIPPrefix", "sku"),
        ),
        _type("network:PrivateEndpoint", _NETWORK + "privateEndpoints/{privateEndpointName}", "subnet"),
        _type(
            "network:PrivateDnsZoneGroup",
            _NETWORK
            + "privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
        ),
        _type("privatedns:PrivateZone", _NETWORK + "privateDnsZones/{privateZoneName}"),
        _type(
            "privatedns:VirtualNetworkLink",
            _NETWORK + "privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
        ),
    )
}


TYPES: Final[Mapping[str, ArmType]] = {**CREATED_TYPES, **KEYED_TYPES}


def type_of_id(id_: str) -> ArmType | None:
    """The type whose id template matches the id."""
    return next((row for row in TYPES.values() if row.parse(id_) is not None), None)
