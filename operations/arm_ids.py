"""The ids of Azure resources, known before a resource exists: the path of its PUT request.

Owns: one template per type of azure-native that the program may create, with the SDK's names of the path
parameters (REST reference of each service). Deliberately not here: where the parameters' values come from.
"""

import re
from collections.abc import Mapping
from typing import Final

_GROUP: Final = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
# ARM returns the ids of AKS and of managed identities with a lower-case `resourcegroups`, and Pulumi compares
# ids as text.
_LOWER: Final = "/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}"
_CLUSTER: Final = _LOWER + "/providers/Microsoft.ContainerService/managedClusters/{resourceName}"
_IDENTITY: Final = _LOWER + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
_VAULT: Final = _GROUP + "/providers/Microsoft.KeyVault/vaults/{vaultName}"
_NETWORK: Final = _GROUP + "/providers/Microsoft.Network"
_VIRTUAL_NETWORK: Final = _NETWORK + "/virtualNetworks/{virtualNetworkName}"
_ENDPOINT: Final = _NETWORK + "/privateEndpoints/{privateEndpointName}"
_ZONE: Final = _NETWORK + "/privateDnsZones/{privateZoneName}"
_INSIGHTS: Final = _GROUP + "/providers/Microsoft.Insights"
_TOPIC: Final = _GROUP + "/providers/Microsoft.EventGrid/systemTopics/{systemTopicName}"

TEMPLATES: Final[Mapping[str, str]] = {
    "authorization:RoleAssignment": (
        "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}"
    ),
    "containerservice:AgentPool": _CLUSTER + "/agentPools/{agentPoolName}",
    "containerservice:IdentityBinding": _CLUSTER + "/identityBindings/{identityBindingName}",
    "containerservice:MaintenanceConfiguration": _CLUSTER + "/maintenanceConfigurations/{configName}",
    "containerservice:ManagedCluster": _CLUSTER,
    "eventgrid:SystemTopic": _TOPIC,
    "eventgrid:SystemTopicEventSubscription": _TOPIC + "/eventSubscriptions/{eventSubscriptionName}",
    # All entries of a vault have one id: custom_keyvault_accesspolicy.go of azure-native.
    "keyvault:AccessPolicy": _VAULT + "/accessPolicy",
    "keyvault:Secret": _VAULT + "/secrets/{secretName}",
    "keyvault:Vault": _VAULT,
    "kubernetesconfiguration:Extension": _GROUP
    + "/providers/{clusterRp}/{clusterResourceName}/{clusterName}"
    + "/providers/Microsoft.KubernetesConfiguration/extensions/{extensionName}",
    "managedidentity:FederatedIdentityCredential": _IDENTITY
    + "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    "managedidentity:UserAssignedIdentity": _IDENTITY,
    "monitor:ActionGroup": _INSIGHTS + "/actionGroups/{actionGroupName}",
    "monitor:DiagnosticSetting": "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    "monitor:MetricAlert": _INSIGHTS + "/metricAlerts/{ruleName}",
    "network:NatGateway": _NETWORK + "/natGateways/{natGatewayName}",
    "network:PrivateDnsZoneGroup": _ENDPOINT + "/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    "network:PrivateEndpoint": _ENDPOINT,
    "network:PublicIPAddress": _NETWORK + "/publicIPAddresses/{publicIpAddressName}",
    "network:RouteTable": _NETWORK + "/routeTables/{routeTableName}",
    "network:Subnet": _VIRTUAL_NETWORK + "/subnets/{subnetName}",
    "network:VirtualNetwork": _VIRTUAL_NETWORK,
    "network:VirtualNetworkPeering": _VIRTUAL_NETWORK + "/virtualNetworkPeerings/{virtualNetworkPeeringName}",
    "operationalinsights:Workspace": _GROUP
    + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "privatedns:PrivateZone": _ZONE,
    "privatedns:VirtualNetworkLink": _ZONE + "/virtualNetworkLinks/{virtualNetworkLinkName}",
    "resources:ResourceGroup": _GROUP,
}
"""Type of azure-native, without its package → id template."""


def parameters(token: str) -> tuple[str, ...]:
    """The path parameters of a type, except for the subscription; the last one is its own name."""
    names = re.findall(r"\{(\w+)\}", TEMPLATES[token])
    return tuple(name for name in names if name != "subscriptionId")


def arm_id(token: str, values: Mapping[str, str], subscription: str) -> str:
    """The id of a resource of the type whose path parameters have these values."""
    stripped = {name: value.lstrip("/") for name, value in values.items()}  # a scope begins with a slash
    return TEMPLATES[token].format_map({**stripped, "subscriptionId": subscription})
