"""Peerings of virtual networks, and their links to private DNS zones.

https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering#requirements-and-constraints
https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links. Where a rule cites no issue for its
message, ARM's message is not published.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, after_delete, response, rule
from rehearsal.simulators.world import AzureResource, World

NETWORK: Final = "azure-native:network:VirtualNetwork"
PEERING: Final = "azure-native:network:VirtualNetworkPeering"
LINK: Final = "azure-native:privatedns:VirtualNetworkLink"


def _refused(write: Write, code: str, reason: str) -> ArmError:
    return ArmError(400, code, f"Cannot create or update peering {write.id}{reason}")


def _remote(properties: Any) -> str:
    return str(((properties or {}).get("remoteVirtualNetwork") or {}).get("id") or "")


def _counterparts(world: World, network_id: str, remote_id: str) -> Iterator[AzureResource]:
    """Peerings of the remote network with this network."""
    for peering in world.of_type(PEERING, below=remote_id):
        if _remote(peering.properties).lower() == network_id.lower():
            yield peering


def are_peered(world: World, network_id: str, remote_id: str) -> bool:
    """Whether packets flow between the networks: each has a peering with the other."""
    return any(True for _ in _counterparts(world, network_id, remote_id)) and any(
        True for _ in _counterparts(world, remote_id, network_id)
    )


def is_linked(world: World, zone_id: str, network_id: str) -> bool:
    """Whether hosts of the network resolve the zone's records."""
    return any(
        _linked_network(link.properties).lower() == network_id.lower()
        for link in world.of_type(LINK, below=zone_id)
    )


def _linked_network(properties: Any) -> str:
    return str(((properties or {}).get("virtualNetwork") or {}).get("id") or "")


@rule(PEERING)
def peered_network_exists(write: Write) -> None:
    """The remote network exists (message: Azure/azure-cli#7746)."""
    remote = _remote(write.body)
    if write.world.get(remote) is None:
        raise ArmError(
            400,
            "InvalidResourceReference",
            (
                f"Resource {remote} referenced by resource {write.id} was not found. Please make sure that "
                "the referenced resource exists."
            ),
        )


@rule(PEERING)
def peering_keeps_its_network(write: Write) -> None:
    """The remote network of a peering is immutable.

    Source: the Azure sample network-dotnet-manage-network-peering.
    """
    current, requested = _remote(write.current.properties if write.current else None), _remote(write.body)
    if current and current.lower() != requested.lower():
        raise _refused(
            write,
            "ChangingRemoteVirtualNetworkNotAllowed",
            f" because its remote virtual network cannot be changed from {current}.",
        )


@rule(PEERING)
def two_networks_are_peered_once(write: Write) -> None:
    """A network has one peering with another network."""
    for other in write.world.of_type(PEERING, below=write.parent_id):
        if (
            other.id.lower() != write.id.lower()
            and _remote(other.properties).lower() == _remote(write.body).lower()
        ):
            reason = (
                f" because virtual network {write.parent_id} already has a peering with "
                f"{_remote(write.body)}: {other.id}."
            )
            raise _refused(write, "AnotherPeeringAlreadyReferencesRemoteVnet", reason)


@rule(PEERING)
def peered_networks_do_not_overlap(write: Write) -> None:
    """Address spaces of peered networks do not overlap.

    Message for an overlap with a third network: Azure/ResourceModules#731.
    """
    local, remote = _space(write.world, write.parent_id), _space(write.world, _remote(write.body))
    overlapping = [
        prefix for prefix in local if any(ip_network(prefix).overlaps(ip_network(other)) for other in remote)
    ]
    if overlapping:
        reason = (
            f" because their address spaces overlap. Overlapping address prefixes: {', '.join(overlapping)}."
        )
        raise _refused(write, "VnetAddressSpacesOverlap", reason)


@rule(PEERING)
def other_side_is_not_disconnected(write: Write) -> None:
    """A remote peering whose counterpart was deleted has to be recreated first.

    Message: hashicorp/terraform#18091.
    """
    for other in _counterparts(write.world, write.parent_id, _remote(write.body)):
        if other.properties.get("peeringState") == "Disconnected":
            reason = (
                f" because remote peering {other.id} referencing parent virtual network {write.parent_id} "
                "is in Disconnected state. Update or re-create the remote peering to get it back to "
                "Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted "
                "and re-created."
            )
            raise _refused(write, "RemotePeeringIsDisconnected", reason)


@response(PEERING)
def _peering(write: Write) -> dict[str, Any]:
    """The state is Initiated until the remote network has a peering too."""
    others = list(_counterparts(write.world, write.parent_id, _remote(write.body)))
    for other in others:
        other.properties["peeringState"] = "Connected"
    return {"peeringState": "Connected" if others else "Initiated", "provisioningState": "Succeeded"}


@after_delete(PEERING)
def _disconnect_counterpart(world: World, resource: AzureResource, _removed: list[AzureResource]) -> None:
    network_id = resource.id.rsplit("/", 2)[0]
    for other in _counterparts(world, network_id, _remote(resource.properties)):
        other.properties["peeringState"] = "Disconnected"


@rule(LINK)
def linked_network_exists(write: Write) -> None:
    """The linked network exists (message: Azure/azure-cli#23351)."""
    network_id = _linked_network(write.body)
    if write.world.get(network_id) is None:
        raise ArmError(400, "BadRequest", f"Virtual network resource not found for '{network_id}'")


@rule(LINK)
def network_is_linked_to_one_zone_of_a_name(write: Write) -> None:
    """A network has one link to zones of the same name (message: MicrosoftDocs/azure-aks-docs#212)."""
    name, network_id = write.parent_id.rsplit("/", 1)[-1], _linked_network(write.body).lower()
    for other in write.world.of_type(LINK):
        zone = other.id.rsplit("/", 3)[1]
        is_equal = zone.lower() == name.lower() and _linked_network(other.properties).lower() == network_id
        if is_equal and other.id.lower() != write.id.lower():
            raise ArmError(
                400,
                "BadRequest",
                "A virtual network cannot be linked to multiple zones with overlapping namespaces. You "
                f"tried to link virtual network with '{name}' and '{zone}' zones.",
            )


@rule(LINK)
def link_keeps_its_network(write: Write) -> None:
    """The network of a link is immutable."""
    current = _linked_network(write.current.properties) if write.current else ""
    if current and current.lower() != _linked_network(write.body).lower():
        raise ArmError(
            400,
            "BadRequest",
            f"The virtual network of the link '{write.name}' cannot be changed from '{current}'.",
        )


@response(LINK)
def _link(_write: Write) -> dict[str, Any]:
    return {"virtualNetworkLinkState": "Completed", "provisioningState": "Succeeded"}


def _space(world: World, network_id: str) -> list[str]:
    network = world.get(network_id)
    return list(
        ((network.properties if network else {}).get("addressSpace") or {}).get("addressPrefixes") or []
    )
