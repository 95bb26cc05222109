"""Virtual networks, zones and identities for the tests of several services."""

from __future__ import annotations

from typing import Any

from tests.support.acting import SUBSCRIPTION, Azure, Resource

CLUSTER = "containerservice:ManagedCluster"


PEERING = "network:VirtualNetworkPeering"


LINK = "privatedns:VirtualNetworkLink"


NETWORKS = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks"


ZONE = "privatelink.westeurope.azmk8s.io"


ROLES = {
    "network": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "zone": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    "key": "12338af0-0e69-4776-bea7-57ae8d297424",
}


def network(azure: Azure, name: str, prefix: str) -> Resource:
    return azure.create(
        "network:VirtualNetwork",
        {
            "resourceGroupName": "rg",
            "virtualNetworkName": name,
            "addressSpace": {"addressPrefixes": [prefix]},
        },
    )


def peering(of: str, to: str, name: str = "") -> dict[str, Any]:
    names = {
        "resourceGroupName": "rg",
        "virtualNetworkName": of,
        "virtualNetworkPeeringName": name or f"to-{to}",
    }
    return {**names, "remoteVirtualNetwork": {"id": f"{NETWORKS}/{to}"}}


def link(to: str, name: str = "one", zone: str = ZONE, group: str = "rg") -> dict[str, Any]:
    names = {"resourceGroupName": group, "privateZoneName": zone, "virtualNetworkLinkName": name}
    return {
        **names,
        "virtualNetwork": {"id": f"{NETWORKS}/{to}"},
        "registrationEnabled": False,
        "location": "global",
    }


def zone(azure: Azure, name: str = ZONE) -> Resource:
    return azure.create(
        "privatedns:PrivateZone", {"resourceGroupName": "rg", "privateZoneName": name, "location": "global"}
    )


def with_identity(azure: Azure, **scopes: str) -> dict[str, Any]:
    """Inputs of a cluster whose control plane has a role at each scope; the keyword selects the role."""
    identity = azure.identity("id-aks")
    for role, scope in scopes.items():
        azure.assignment(
            scope=scope,
            roleDefinitionId=f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}",
            principalId=identity.outputs["principalId"],
            principalType="ServicePrincipal",
        )
    return {"identity": {"type": "UserAssigned", "userAssignedIdentities": [identity.id]}}
