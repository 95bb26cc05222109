"""Simulated peerings and DNS links of virtual networks: one test for each rule."""

from __future__ import annotations

import pytest

from rehearsal.simulators.azure.arm import ArmError
from tests.simulators.azure.networks import LINK, PEERING, link, network, peering, zone
from tests.support.acting import Azure

CLUSTER = "containerservice:ManagedCluster"


def test_a_peering_is_connected_when_both_networks_have_one(two_networks: Azure) -> None:
    first = two_networks.create(PEERING, peering("nodes", "hub"))
    assert first.outputs["peeringState"] == "Initiated"
    second = two_networks.create(PEERING, peering("hub", "nodes"))
    assert second.outputs["peeringState"] == "Connected"
    read = two_networks.read(PEERING, first)
    assert read
    assert read.outputs["peeringState"] == "Connected"


def test_a_peering_whose_counterpart_was_deleted_has_to_be_recreated(two_networks: Azure) -> None:
    two_networks.create(PEERING, peering("nodes", "hub"))
    two_networks.delete(PEERING, two_networks.create(PEERING, peering("hub", "nodes")))
    with pytest.raises(ArmError, match=r"RemotePeeringIsDisconnected.*is in Disconnected state"):
        two_networks.create(PEERING, peering("hub", "nodes"))


def test_the_peered_network_exists(two_networks: Azure) -> None:
    with pytest.raises(
        ArmError,
        match=r"InvalidResourceReference.*virtualNetworks/none referenced by resource .* was not found",
    ):
        two_networks.create(PEERING, peering("nodes", "none"))


def test_networks_that_overlap_are_not_peered(two_networks: Azure) -> None:
    network(two_networks, "same", "10.1.128.0/17")
    with pytest.raises(ArmError, match=r"VnetAddressSpacesOverlap.*10\.1\.0\.0/16"):
        two_networks.create(PEERING, peering("nodes", "same"))


def test_two_networks_are_peered_once(two_networks: Azure) -> None:
    two_networks.create(PEERING, peering("nodes", "hub"))
    with pytest.raises(ArmError, match="AnotherPeeringAlreadyReferencesRemoteVnet"):
        two_networks.create(PEERING, peering("nodes", "hub", "again"))


def test_the_remote_network_of_a_peering_is_immutable(two_networks: Azure) -> None:
    network(two_networks, "other", "10.3.0.0/16")
    made = two_networks.create(PEERING, peering("nodes", "hub", "way"))
    with pytest.raises(ArmError, match="ChangingRemoteVirtualNetworkNotAllowed"):
        two_networks.update(PEERING, made, peering("nodes", "other", "way"))


def test_a_link_has_one_existing_network_for_good(two_networks: Azure) -> None:
    zone(two_networks)
    with pytest.raises(ArmError, match="Virtual network resource not found for"):
        two_networks.create(LINK, link("none"))
    made = two_networks.create(LINK, link("hub"))
    with pytest.raises(ArmError, match="cannot be linked to multiple zones with overlapping namespaces"):
        two_networks.create(LINK, link("hub", "two"))
    with pytest.raises(ArmError, match="cannot be changed"):
        two_networks.update(LINK, made, link("nodes"))
