"""Rules of an API server without a public address, the zone that knows its name, and who reaches it.

https://learn.microsoft.com/azure/aks/private-clusters, https://learn.microsoft.com/azure/aks/api-server-vnet-integration
"""

from __future__ import annotations

import re
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, rule
from rehearsal.simulators.azure.authorization import has_role
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER, control_plane_principals
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.world import AzureResource, World

ZONE: Final = "azure-native:privatedns:PrivateZone"
_ACCESS: Final = "apiServerAccessProfile"
_OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
_CONTRIBUTOR: Final = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_NETWORK_CONTRIBUTOR: Final = "4d97b98b-1d4f-4787-a291-c67834d212e7"
_DNS_CONTRIBUTOR: Final = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"


def _bad(message: str, code: str = "BadRequest") -> ArmError:
    return ArmError(400, code, message)


def private_dns_zone(write: Write) -> str:
    """``system``, ``none`` or an id; system where nothing is said."""
    return str(
        write.requested_value(_ACCESS, "privateDNSZone")
        or write.current_value(_ACCESS, "privateDNSZone")
        or "system"
    )


def is_private(write: Write) -> bool:
    """Whether it is to have no public address."""
    access = (
        write.current_value(_ACCESS)
        if write.requested_value(_ACCESS) is None
        else write.requested_value(_ACCESS)
    )
    return bool((access or {}).get("enablePrivateCluster"))


def node_network(pools: Any) -> str:
    """Of the first pool, where the private address is; empty where AKS makes a network."""
    subnet = str(((pools or [{}])[0]).get("vnetSubnetID") or "")
    return subnet.rsplit("/subnets/", 1)[0] if subnet else ""


@rule(CLUSTER)
def private_is_made_and_not_become(write: Write) -> None:
    """Only with API server VNet integration can it be changed. Azure/azure-cli#12669 has the text."""
    if (
        write.current is None
        or write.requested_value(_ACCESS) is None
        or write.requested_value(_ACCESS, "enableVnetIntegration")
    ):
        return
    said = write.requested_value(_ACCESS, "enablePrivateCluster")
    if said is not None and bool(said) != bool(write.current_value(_ACCESS, "enablePrivateCluster")):
        raise _bad(
            "Changing enablePrivateCluster is not allowed. It can only be set while creating the cluster."
        )


@rule(CLUSTER)
def somebody_knows_the_name(write: Write) -> None:
    """Azure/bicep-registry-modules#1752 has the text. Nothing said is a public name: https://learn.microsoft.com/azure/aks/private-clusters"""
    if (
        is_private(write)
        and private_dns_zone(write) == "none"
        and write.requested_value(_ACCESS, "enablePrivateClusterPublicFQDN") is False
    ):
        raise _bad("Private cluster with none private dns zone must enable public FQDN feature.")


@rule(CLUSTER)
def zone_is_left_for_public_dns_only(write: Write) -> None:
    """From a zone to none is an update, and there is no other ("You can't change or delete these resources after creating the cluster",
    https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns, MicrosoftDocs/azure-docs#110428). ARM's
    wording is not published: it is that of other properties."""
    was, now = (
        write.current_value(_ACCESS, "privateDNSZone"),
        write.requested_value(_ACCESS, "privateDNSZone"),
    )
    if was and now and was.lower() != now.lower() and now != "none":
        raise _bad(
            f"Changing property 'properties.{_ACCESS}.privateDNSZone' is not allowed.",
            "PropertyChangeNotAllowed",
        )


@rule(CLUSTER)
def zone_is_one_for_api_servers(write: Write) -> None:
    """The page above has the names. ARM's wording is not published: these words are ours."""
    zone, location = private_dns_zone(write), str(write.requested_value("location")).replace(" ", "").lower()
    if not is_private(write) or zone in ("system", "none"):
        return
    name = zone.rsplit("/", 1)[-1]
    kind = "private" if write.requested_value(_ACCESS, "enableVnetIntegration") else "privatelink"
    if not re.fullmatch(rf"([a-z0-9-]{{1,32}}\.)?{kind}\.{re.escape(location)}\.azmk8s\.io", name):
        raise _bad(
            f"Invalid private dns zone {name}. It should be {kind}.{location}.azmk8s.io or a subzone of it.",
            "InvalidParameter",
        )


@rule(CLUSTER)
def zone_is_open_to_the_cluster(write: Write) -> None:
    """Azure/AKS#3470 has the code, Azure/Azure-Landing-Zones#2892 the text. Before the cluster is made, hence a user-assigned identity."""
    zone = private_dns_zone(write)
    if not is_private(write) or zone in ("system", "none"):
        return
    roles = frozenset({_OWNER, _CONTRIBUTOR, _NETWORK_CONTRIBUTOR, _DNS_CONTRIBUTOR})
    if write.world.get(zone) is None or not any(
        has_role(write.world, one, roles, zone) for one in control_plane_principals(write)
    ):
        raise _bad(
            f"Service principal or user-assigned identity must be given permission to read and write to custom private dns zone {zone}. "
            "Check access result not allowed for action Microsoft.Network/privateDnsZones/write.",
            "CustomPrivateDNSZoneMissingPermissionError",
        )


@rule(CLUSTER)
def network_is_open_to_the_cluster(write: Write) -> None:
    """AKS links the zone to the network, which takes a right at the network and not at its subnet alone (Azure/AKS#2711, #4841). The words
    are Azure's for any link that is not allowed."""
    network = node_network(write.requested_value("agentPoolProfiles"))
    if (
        not is_private(write)
        or private_dns_zone(write) == "none"
        or not network
        or not control_plane_principals(write)
    ):
        return
    roles = frozenset({_OWNER, _CONTRIBUTOR, _NETWORK_CONTRIBUTOR})
    if not any(has_role(write.world, one, roles, network) for one in control_plane_principals(write)):
        raise ArmError(
            403,
            "LinkedAuthorizationFailed",
            "The client has permission to perform action 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write' on scope "
            f"'{private_dns_zone(write)}'; however, it does not have permission to perform action 'Microsoft.Network/virtualNetworks/join/action' "
            f"on the linked scope(s) '{network}'.",
        )


def api_server_names(write: Write, prefix: str, nodes_id: str) -> dict[str, Any]:
    """The API server's names, with the zone and the link that AKS makes.

    A name in its own zone: abc.<guid>.privatelink.<region>.azmk8s.io (Azure/AKS#2476).
    """
    world, zone = write.world, private_dns_zone(write)
    if zone == "none":
        return {"privateFQDN": None}
    location = str(write.requested_value("location")).replace(" ", "").lower()
    name = f"{world.guid(write.id, write.serial, 'zone')}.privatelink.{location}.azmk8s.io"
    zone_id = f"{nodes_id}/providers/Microsoft.Network/privateDnsZones/{name}" if zone == "system" else zone
    if world.get(zone_id) is None:
        world.put(
            zone_id,
            ZONE,
            {"privateZoneName": name, "resourceGroupName": nodes_id.rsplit("/", 1)[-1], "location": "global"},
        )
    network = node_network(write.requested_value("agentPoolProfiles"))
    if network and not peerings.is_linked(world, zone_id, network):
        link = {"virtualNetwork": {"id": network}, "registrationEnabled": False, "location": "global"}
        world.put(f"{zone_id}/virtualNetworkLinks/{write.name}", peerings.LINK, link)
    public = (
        {}
        if write.requested_value(_ACCESS, "enablePrivateClusterPublicFQDN") is not False
        else {"fqdn": None}
    )
    return {
        "privateFQDN": f"{prefix}-{world.hex(8, write.id, write.serial)}.{zone_id.rsplit('/', 1)[-1]}",
        **public,
    }


def connection_error(world: World, cluster: AzureResource, host: str) -> str:
    """Why whoever runs `pulumi` does not reach a private API server, as Go says it; empty if they do, or nobody said where they are.

    https://learn.microsoft.com/azure/aks/private-cluster-connect: the name, by a link of the zone, and the way, by a peering.
    """
    access = cluster.properties.get(_ACCESS) or {}
    nodes = node_network(cluster.properties.get("agentPoolProfiles"))
    if not world.runner or not access.get("enablePrivateCluster"):
        return ""
    if host == cluster.properties.get("privateFQDN"):
        zone = access.get("privateDNSZone") or "system"
        if zone == "system":
            group = f"/subscriptions/{cluster.id.split('/')[2]}/resourceGroups/{cluster.properties['nodeResourceGroup']}"
            zone = f"{group}/providers/Microsoft.Network/privateDnsZones/{host.split('.', 1)[1]}"
        if not peerings.is_linked(world, zone, world.runner):
            return f"dial tcp: lookup {host}: no such host"
    if world.runner.lower() != nodes.lower() and not peerings.are_peered(world, world.runner, nodes):
        return f"dial tcp: {host}:443: i/o timeout"
    return ""
