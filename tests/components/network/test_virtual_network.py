"""The network of the nodes, and its peerings."""

from aks_secrets_testing.builds import Build, build
from components import naming
from components.network.virtual_network import NodeNetwork, NodeNetworkArgs, PeerNetwork
from tests.support import samples

HUB = samples.SUBNET.rsplit("/subnets/", 1)[0]


def made(peer: PeerNetwork | None) -> Build:
    args = NodeNetworkArgs(
        resource_group_name=samples.GROUP,
        network_name="vnet-shop",
        address_space="10.10.0.0/16",
        nodes="10.10.0.0/22",
        private_endpoints="10.10.4.0/27",
        peer=peer,
    )
    return build(lambda: NodeNetwork("network", args))


def test_there_is_no_peering_by_default() -> None:
    assert made(None).of_type("VirtualNetworkPeering") == []


def test_each_of_two_networks_is_peered_with_the_other_one_after_the_other() -> None:
    """ARM refuses parallel writes to a network."""
    built = made(PeerNetwork(network_id=HUB))
    ours, theirs = (
        built.single("VirtualNetworkPeering", "network-peering"),
        built.single("VirtualNetworkPeering", "network-peering-back"),
    )
    assert (ours.inputs["resourceGroupName"], theirs.inputs["resourceGroupName"]) == (samples.GROUP, "rg-net")
    assert ours.inputs["remoteVirtualNetwork"] == {"id": HUB}
    assert theirs.inputs["remoteVirtualNetwork"] == {"id": "/id/of/network-network"}
    assert theirs.inputs["virtualNetworkName"] == "v"
    assert built.single("Subnet", "network-private-endpoints").urn in ours.dependencies
    assert ours.urn in theirs.dependencies


def test_only_one_half_of_a_peering_with_another_subscription_is_created() -> None:
    assert [
        resource.name
        for resource in made(PeerNetwork(network_id=HUB, both_sides=False)).of_type("VirtualNetworkPeering")
    ] == ["network-peering"]


def test_the_state_of_a_peering_is_ignored() -> None:
    for peering in made(PeerNetwork(network_id=HUB)).of_type("VirtualNetworkPeering"):
        assert peering.ignore_changes == ("peeringState", "peeringSyncLevel")


def test_a_peerings_name_identifies_the_remote_network() -> None:
    """The remote network is immutable, so a peering with another network has another name."""
    names = {
        naming.peering(HUB),
        naming.peering(HUB.replace("rg-net", "rg-other")),
        naming.peering(f"{HUB}-2"),
    }
    assert len(names) == 3
    assert all(
        len(name) <= 80 and name.startswith("to-") for name in (*names, naming.peering(f"{HUB}{'n' * 70}"))
    )
