"""The API server: authorized ranges, and private clusters."""

from aks_secrets_testing.builds import build
from components.authorization.roles import Role
from components.cluster.api_server import PrivateApi
from components.cluster.network_profile import NetworkProfile
from tests.support import samples


def test_only_authorized_ranges_reach_the_api_server() -> None:
    built = build(lambda: samples.cluster(authorized_ip_ranges=["20.50.2.0/24"]))
    assert built.single("ManagedCluster").inputs["apiServerAccessProfile"]["authorizedIPRanges"] == [
        "20.50.2.0/24"
    ]


def test_a_private_api_server_has_no_authorized_ranges() -> None:
    private = PrivateApi(public_fqdn=True)
    inputs = (
        build(lambda: samples.cluster(network=NetworkProfile(subnet_id=samples.SUBNET), private=private))
        .single("ManagedCluster")
        .inputs
    )
    assert inputs["apiServerAccessProfile"] == {
        "enablePrivateCluster": True,
        "privateDNSZone": "system",
        "enablePrivateClusterPublicFQDN": True,
    }


def test_the_control_plane_may_link_a_zone_and_write_into_it_before_the_cluster_is_made() -> None:
    built = build(
        lambda: samples.cluster(
            network=NetworkProfile(subnet_id=samples.SUBNET), private=PrivateApi(dns_zone="/zone")
        )
    )
    on_network, on_zone = (
        built.single("RoleAssignment", "cluster-network"),
        built.single("RoleAssignment", "cluster-zone"),
    )
    assert (on_network.inputs["scope"], on_zone.inputs["scope"]) == (
        samples.SUBNET.rsplit("/subnets/", 1)[0],
        "/zone",
    )
    assert on_zone.inputs["roleDefinitionId"].endswith(Role.PRIVATE_DNS_ZONE_CONTRIBUTOR.value)
    assert {on_network.urn, on_zone.urn} <= set(built.single("ManagedCluster").dependencies)


def test_a_public_dns_name_needs_no_role_but_the_subnets() -> None:
    private = PrivateApi(dns_zone="none", public_fqdn=True)
    built = build(
        lambda: samples.cluster(
            network=NetworkProfile(subnet_id=samples.SUBNET), private=private, deployer=None
        )
    )
    assert [resource.name for resource in built.of_type("RoleAssignment")] == ["cluster-subnet"]


def test_objects_of_a_private_cluster_depend_on_the_zones_link() -> None:
    private = PrivateApi(linked_network_id="/networks/hub")
    built = build(lambda: samples.cluster(network=NetworkProfile(subnet_id=samples.SUBNET), private=private))
    link = built.single("VirtualNetworkLink")
    assert link.inputs["privateZoneName"] == "5678.privatelink.westeurope.azmk8s.io"
    assert link.inputs["virtualNetwork"] == {"id": "/networks/hub"}
    assert link.urn in built.single("kubernetes").dependencies
    assert link.deleted_with == built.single("ManagedCluster").urn
