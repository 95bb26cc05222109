"""A private API server, and the peerings and DNS links through which `pulumi` reaches it."""

import copy
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

SUBSCRIPTION = f"/subscriptions/{arm.SUBSCRIPTION}"

HUB = f"{SUBSCRIPTION}/resourceGroups/rg-hub"

RUNNER = f"{HUB}/providers/Microsoft.Network/virtualNetworks/vnet-hub"

OTHER = f"{HUB}/providers/Microsoft.Network/virtualNetworks/vnet-other"

THEIRS = f"{HUB}/providers/Microsoft.Network/virtualNetworks/vnet-apps"

ZONE = f"{HUB}/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io"


def network(id_: str, prefix: str) -> dict[str, Any]:
    return {"id": id_, "location": "westeurope", "addressSpace": {"addressPrefixes": [prefix]}}


CLOUD: dict[str, Any] = {
    "azure": [
        {"id": HUB, "location": "westeurope"},
        network(RUNNER, "10.0.0.0/16"),
        network(OTHER, "10.1.0.0/16"),
        network(THEIRS, "10.20.0.0/16"),
        {"id": f"{THEIRS}/subnets/nodes", "addressPrefix": "10.20.0.0/22"},
        {"id": f"{THEIRS}/virtualNetworkPeerings/hub", "remoteVirtualNetwork": {"id": RUNNER}},
        {"id": f"{RUNNER}/virtualNetworkPeerings/apps", "remoteVirtualNetwork": {"id": THEIRS}},
        {"id": ZONE, "location": "global"},
        {
            "id": f"{ZONE}/virtualNetworkLinks/hub",
            "location": "global",
            "virtualNetwork": {"id": RUNNER},
            "registrationEnabled": False,
        },
    ],
    "runner": [RUNNER],
}

CONFIG: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
    "aks-secrets:cluster": {
        "system_pool": {"vm_size": "Standard_D4s_v5", "count": 3},
        "network": {"service_cidr": "10.90.0.0/16", "dns_service_ip": "10.90.0.10"},
        "private": {"deploy_from": RUNNER},
    },
    "aks-secrets:workloads": [
        {
            "name": "shop",
            "namespace": "shop",
            "technique": "sdk",
            "image": "registry.example/shop:1",
            "secrets": [{"name": "db-password", "from": "existing"}],
        }
    ],
}


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A cluster in a network of its own, and `pulumi` in another."""
    return Rehearsal(tmp_path, copy.deepcopy(CONFIG), simulators)


def test_pulumi_in_another_network_reaches_the_api_server(stack: Rehearsal) -> None:
    made = stack.up(CLOUD)
    (cluster,) = made.inputs("ManagedCluster")
    assert cluster["apiServerAccessProfile"] == {
        "enablePrivateCluster": True,
        "privateDNSZone": "system",
        "enablePrivateClusterPublicFQDN": False,
    }
    ours, theirs = made.inputs("VirtualNetworkPeering")
    assert {ours["virtualNetworkName"], theirs["virtualNetworkName"]} == {"vnet-test", "vnet-hub"}
    (link,) = made.inputs("VirtualNetworkLink")
    assert link["virtualNetwork"] == {"id": RUNNER}
    assert link["resourceGroupName"].startswith("MC_")
    assert link["privateZoneName"].endswith(".privatelink.westeurope.azmk8s.io")
    assert len(made.inputs("Deployment")) == 1, (
        "the simulated API server answers only along a link and a peering"
    )


def test_it_stays_and_goes_and_the_other_network_is_as_it_was(stack: Rehearsal) -> None:
    made = stack.up(CLOUD)
    assert stack.up().summary == {}
    stack.run("refresh")
    assert stack.up().summary == {}, "the state that Azure gives a peering is no change"

    stack.config["aks-secrets:tags"] = {"team": "shop"}
    preview = stack.run("preview")
    assert set(preview.summary) == {"update"}, "other tags replace nothing"
    assert stack.up().summary == preview.summary

    assert stack.run("destroy").summary == {"delete": made.summary["create"]}
    left = {resource["id"]: resource["properties"] for resource in stack.world["azure"]}
    assert set(left) == {resource["id"] for resource in CLOUD["azure"]}


def test_the_cluster_may_link_its_zone_to_the_network(stack: Rehearsal) -> None:
    made = stack.up(CLOUD)
    scopes = [resource["scope"].rsplit("/", 2)[-2:] for resource in made.inputs("RoleAssignment")]
    assert ["virtualNetworks", "vnet-test"] in scopes
    assert ["subnets", "nodes"] in scopes


def test_from_elsewhere_the_api_server_is_out_of_reach(stack: Rehearsal) -> None:
    elsewhere = copy.deepcopy(CLOUD) | {"runner": [OTHER]}
    assert "no such host" in stack.refused(cloud=elsewhere).output


def test_from_outside_a_change_is_refused_and_the_end_is_not(stack: Rehearsal) -> None:
    """A destroy deletes the objects with the cluster, without a call of the API server."""
    made = stack.up(CLOUD)
    before = stack.world["azure"]
    stack.config["aks-secrets:workloads"][0]["replicas"] = 3
    refused = stack.refused("preview", {"runner": [OTHER]})
    assert "configured Kubernetes cluster is unreachable" in refused.output
    assert stack.world["azure"] == before
    assert stack.run("destroy").summary == {"delete": made.summary["create"]}


def test_another_network_of_the_runner_moves_the_way(stack: Rehearsal) -> None:
    stack.up(CLOUD)
    stack.cluster["private"]["deploy_from"] = OTHER
    moved = stack.run("up", {"runner": [OTHER]})
    assert moved.status == 0, moved.errors
    assert moved.summary == {"replace": 3}, "two peerings and a link"
    assert stack.up().summary == {}


def test_in_a_network_that_is_there_the_zone_alone_is_linked(stack: Rehearsal) -> None:
    """The program peers no network that it does not make."""
    del stack.config["aks-secrets:network"]
    stack.cluster["network"]["subnet_id"] = f"{THEIRS}/subnets/nodes"
    made = stack.up(CLOUD)
    assert made.inputs("VirtualNetworkPeering") == []
    assert [link["virtualNetwork"]["id"] for link in made.inputs("VirtualNetworkLink")] == [RUNNER]
    assert stack.up().summary == {}


def test_in_the_network_of_the_nodes_there_is_nothing_to_make(stack: Rehearsal) -> None:
    del stack.config["aks-secrets:network"]
    stack.cluster["network"]["subnet_id"] = f"{THEIRS}/subnets/nodes"
    stack.cluster["private"]["deploy_from"] = THEIRS
    made = stack.up(copy.deepcopy(CLOUD) | {"runner": [THEIRS]})
    assert made.inputs("VirtualNetworkPeering") == made.inputs("VirtualNetworkLink") == []
    assert stack.up().summary == {}


def test_a_zone_that_is_there_is_written_by_the_cluster_and_linked_by_its_owner(stack: Rehearsal) -> None:
    stack.cluster["private"]["dns_zone"] = ZONE
    made = stack.up(CLOUD)
    assert made.inputs("VirtualNetworkLink") == []
    assert ZONE in [resource["scope"] for resource in made.inputs("RoleAssignment")]
    assert stack.up().summary == {}


def test_a_name_in_public_dns_takes_no_zone(stack: Rehearsal) -> None:
    stack.cluster["private"] |= {"dns_zone": "none", "public_fqdn": True}
    made = stack.up(CLOUD)
    assert made.inputs("VirtualNetworkLink") == []
    assert len(made.inputs("VirtualNetworkPeering")) == 2
    assert stack.up().summary == {}


def test_a_private_cluster_does_not_become_public(stack: Rehearsal) -> None:
    stack.up(CLOUD)
    del stack.cluster["private"]
    assert "Changing enablePrivateCluster is not allowed" in stack.refused().output


def test_a_network_that_does_not_exist_is_refused(stack: Rehearsal) -> None:
    stack.cluster["private"]["deploy_from"] = f"{RUNNER}-2"
    refused = stack.refused("preview", CLOUD)
    assert "cluster.private.deploy_from: there is no virtual network 'vnet-hub-2'" in refused.output


def test_a_network_in_another_subscription_is_peered_on_one_side(stack: Rehearsal) -> None:
    elsewhere = RUNNER.replace(arm.SUBSCRIPTION, "aaaaaaaa-0000-4000-8000-000000000001")
    stack.cluster["private"]["deploy_from"] = elsewhere
    group = {"id": elsewhere.split("/providers/")[0], "location": "westeurope"}
    made = stack.up({"azure": [group, network(elsewhere, "10.0.0.0/16")]})
    assert [resource["remoteVirtualNetwork"]["id"] for resource in made.inputs("VirtualNetworkPeering")] == [
        elsewhere
    ]
    (warning,) = [
        resource["message"]
        for resource in made.document["diagnostics"]
        if "one side only" in resource["message"]
    ]
    assert (
        "az network vnet peering create --subscription aaaaaaaa-0000-4000-8000-000000000001"
        " --resource-group rg-hub" in warning
    )
    assert stack.up().summary == {}
