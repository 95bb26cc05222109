"""Rules of private clusters: the API server's private address, its DNS zone, and the networks that reach it.

https://learn.microsoft.com/azure/aks/private-clusters,
https://learn.microsoft.com/azure/aks/api-server-vnet-integration
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
    """The private DNS zone: ``system`` (default), ``none`` or an id."""
    return str(
        write.requested_value(_ACCESS, "privateDNSZone")
        or write.current_value(_ACCESS, "privateDNSZone")
        or "system"
    )


def is_private(write: Write) -> bool:
    """Whether the API server has no public address after the write."""
    access = (
        write.current_value(_ACCESS)
        if write.requested_value(_ACCESS) is None
        else write.requested_value(_ACCESS)
    )
    return bool((access or {}).get("enablePrivateCluster"))


def node_network(pools: Any) -> str:
    """Virtual network of the first pool, which has the private address; empty if AKS manages the network."""
    subnet = str(((pools or [{}])[0]).get("vnetSubnetID") or "")
    return subnet.rsplit("/subnets/", 1)[0] if subnet else ""


@rule(CLUSTER)
def private_cluster_is_decided_at_creation(write: Write) -> None:
    """enablePrivateCluster is immutable without API server VNet integration.

    Message: Azure/azure-cli#12669.
    """
    if (
        write.current is None
        or write.requested_value(_ACCESS) is None
        or write.requested_value(_ACCESS, "enableVnetIntegration")
    ):
        return
    requested = write.requested_value(_ACCESS, "enablePrivateCluster")
    if requested is not None and bool(requested) != bool(
        write.current_value(_ACCESS, "enablePrivateCluster")
    ):
        raise _bad(
            "Changing enablePrivateCluster is not allowed. It can only be set while creating the cluster."
        )


@rule(CLUSTER)
def private_cluster_has_a_dns_name(write: Write) -> None:
    """Without a private zone the cluster has a public name, which is the default.

    Message: Azure/bicep-registry-modules#1752.

    https://learn.microsoft.com/azure/aks/private-clusters
    """
    if (
        is_private(write)
        and private_dns_zone(write) == "none"
        and write.requested_value(_ACCESS, "enablePrivateClusterPublicFQDN") is False
    ):
        raise _bad("Private cluster with none private dns zone must enable public FQDN feature.")


@rule(CLUSTER)
def zone_changes_to_none_only(write: Write) -> None:
    """The private zone can change to `none` only ("You can't change or delete these resources after creating
    the cluster").

    https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns,
    MicrosoftDocs/azure-docs#110428. ARM's message is not published; here it is the one for other immutable
    properties.
    """
    current = write.current_value(_ACCESS, "privateDNSZone")
    requested = write.requested_value(_ACCESS, "privateDNSZone")
    if current and requested and current.lower() != requested.lower() and requested != "none":
        raise _bad(
            f"Changing property 'properties.{_ACCESS}.privateDNSZone' is not allowed.",
            "PropertyChangeNotAllowed",
        )


@rule(CLUSTER)
def zone_is_one_for_api_servers(write: Write) -> None:
    """A private zone has one of the names for API servers (the page above).

    ARM's message is not published.
    """
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
def cluster_may_write_the_zone(write: Write) -> None:
    """A user-assigned identity of the cluster may write a custom zone before the cluster is created.

    Code: Azure/AKS#3470, message: Azure/Azure-Landing-Zones#2892.
    """
    zone = private_dns_zone(write)
    if not is_private(write) or zone in ("system", "none"):
        return
    roles = frozenset({_OWNER, _CONTRIBUTOR, _NETWORK_CONTRIBUTOR, _DNS_CONTRIBUTOR})
    if write.world.get(zone) is None or not any(
        has_role(write.world, principal, roles, zone) for principal in control_plane_principals(write)
    ):
        raise _bad(
            "Service principal or user-assigned identity must be given permission to read and write to "
            f"custom private dns zone {zone}. Check access result not allowed for action "
            "Microsoft.Network/privateDnsZones/write.",
            "CustomPrivateDNSZoneMissingPermissionError",
        )


@rule(CLUSTER)
def cluster_may_link_the_network(write: Write) -> None:
    """The identity has a right on the network, not only on the subnet: AKS links the zone to the network.

    Azure/AKS#2711, #4841. The message is Azure's for every link that is not allowed.
    """
    network = node_network(write.requested_value("agentPoolProfiles"))
    if (
        not is_private(write)
        or private_dns_zone(write) == "none"
        or not network
        or not control_plane_principals(write)
    ):
        return
    roles = frozenset({_OWNER, _CONTRIBUTOR, _NETWORK_CONTRIBUTOR})
    if not any(
        has_role(write.world, principal, roles, network) for principal in control_plane_principals(write)
    ):
        raise ArmError(
            403,
            "LinkedAuthorizationFailed",
            "The client has permission to perform action "
            "'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write' on scope "
            f"'{private_dns_zone(write)}'; however, it does not have permission to perform action "
            f"'Microsoft.Network/virtualNetworks/join/action' on the linked scope(s) '{network}'.",
        )


def api_server_names(write: Write, prefix: str, nodes_id: str) -> dict[str, Any]:
    """The API server's names. Creates the zone and the link that AKS creates.

    The name in AKS's zone is abc.<guid>.privatelink.<region>.azmk8s.io (Azure/AKS#2476).
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
    """Go's error if `pulumi` does not reach a private API server; empty if it does or its network is unknown.

    https://learn.microsoft.com/azure/aks/private-cluster-connect: a link of the zone resolves the name, a
    peering routes packets.
    """
    access = cluster.properties.get(_ACCESS) or {}
    nodes = node_network(cluster.properties.get("agentPoolProfiles"))
    if not world.runner or not access.get("enablePrivateCluster"):
        return ""
    if host == cluster.properties.get("privateFQDN"):
        zone = access.get("privateDNSZone") or "system"
        if zone == "system":
            subscription, group = cluster.id.split("/")[2], cluster.properties["nodeResourceGroup"]
            providers = f"/subscriptions/{subscription}/resourceGroups/{group}/providers"
            zone = f"{providers}/Microsoft.Network/privateDnsZones/{host.split('.', 1)[1]}"
        if not peerings.is_linked(world, zone, world.runner):
            return f"dial tcp: lookup {host}: no such host"
    if world.runner.lower() != nodes.lower() and not peerings.are_peered(world, world.runner, nodes):
        return f"dial tcp: {host}:443: i/o timeout"
    return ""
