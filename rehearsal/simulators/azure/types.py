"""Table of the simulated ARM types: id template, naming, and properties that force a replacement. Data only.

The Python SDK has none of this. To add a type, add a row: the id template is the PUT path of the REST
reference with the SDK's wire names as parameters. `replaces` lists the properties that force azure-native to
replace the resource, besides path parameters: `forceNewMap` in pulumi-azure-native
provider/pkg/gen/replacement.go, and `x-ms-mutability` in azure-rest-api-specs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

_GROUP: Final = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
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


@dataclass(frozen=True)
class ArmType:
    """A resource type of azure-native."""

    token: str
    template: str
    replaces: frozenset[str] = frozenset()
    naming: Literal["random", "uuid", "copy"] = "random"
    needs_location: bool = False
    """ARM requires a location, and azure-native's Check refuses inputs without one."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """Path parameter → pattern of the swagger, which azure-native's Check tests."""

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.template))

    @property
    def name_parameter(self) -> str:
        return self.parameters[-1]

    @cached_property
    def arm_type(self) -> str:
        """`Microsoft.KeyVault/vaults/secrets`"""
        if "/providers/" not in self.template:
            return "Microsoft.Resources/resourceGroups"
        namespace, *rest = self.template.rsplit("/providers/", 1)[1].split("/")
        return "/".join([namespace, *rest[0::2]])

    def id(self, inputs: Mapping[str, Any], subscription: str) -> str:
        values = {name: str(inputs.get(name, "")).lstrip("/") for name in self.parameters}
        return self.template.format_map({**values, "subscriptionId": subscription})

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        text = re.escape(self.template)
        for name in self.parameters:
            # A scope is a whole id; every other parameter is one segment.
            text = text.replace(
                rf"\{{{name}\}}", f"(?P<{name}>{'.+' if name in ('scope', 'resourceUri') else '[^/]+'})"
            )
        return re.compile(text, re.IGNORECASE)

    def parse(self, id_: str) -> dict[str, str] | None:
        """Path parameters of an id of this type. None: the id has another type."""
        match = self._pattern.fullmatch(id_)
        if match is None:
            return None
        values = match.groupdict()
        values.pop("subscriptionId", None)
        return values


def _type(token: str, template: str, *replaces: str, **more: Any) -> ArmType:
    return ArmType(f"azure-native:{token}", template, frozenset(replaces), **more)


_SECRET_NAME: Final = {"secretName": r"^[a-zA-Z0-9-]{1,127}$"}
_VAULT_NAME: Final = {"vaultName": r"^[a-zA-Z0-9-]{3,24}$"}
_FIC: Final = "federatedIdentityCredentialResourceName"

TYPES: Final[Mapping[str, ArmType]] = {
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
        _type("containerservice:IdentityBinding", _CLUSTER + "/identityBindings/{identityBindingName}"),
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


def type_of_id(id_: str) -> ArmType | None:
    """The type whose id template matches the id."""
    return next((row for row in TYPES.values() if row.parse(id_) is not None), None)
