"""Egress of the cluster: NAT gateways, route tables, and the change from one to another."""

import copy
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import Stack

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-net"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
OWN = {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22", "private_endpoints": "10.10.4.0/27"}
CONFIG: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {
        "system_pool": {"vm_size": "Standard_D2s_v5"},
        "authorized_ip_ranges": ["20.50.2.0/24"],
    },
    "aks-secrets:network": OWN,
    "aks-secrets:workloads": [{"name": "shop", "namespace": "shop", "technique": "sdk", "kind": "none"}],
}


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A stack with a network of its own and a load balancer."""
    return Rehearsal(tmp_path, copy.deepcopy(CONFIG), simulators)


def _goes(stack: Rehearsal, outbound: str, **keys: Any) -> None:
    stack.config["aks-secrets:cluster"]["network"] = {"outbound": outbound, **keys}


def _cluster(stack: Rehearsal) -> dict[str, Any]:
    return next(
        resource
        for resource in stack.world["azure"]
        if resource["id"].lower().endswith("/managedclusters/aks-test")
    )


def test_a_gateway_of_the_programs_comes_up_stays_and_goes(stack: Rehearsal) -> None:
    _goes(stack, "userAssignedNATGateway", nat_gateway={"public_ips": 2, "zone": "1"})
    made = stack.up()
    assert made.inputs("NatGateway")[0]["zones"] == ["1"]
    # By name: Azure makes both at the same time, so the world may hold either one first.
    addresses = [
        resource["properties"]["ipAddress"]
        for resource in sorted(stack.world["azure"], key=lambda resource: resource["id"])
        if "/publicIPAddresses/" in resource["id"]
    ]
    allowed = _cluster(stack)["properties"]["apiServerAccessProfile"]["authorizedIPRanges"]
    assert allowed == [
        "20.50.2.0/24",
        *(f"{address}/32" for address in addresses),
    ]
    assert stack.up().summary == {}
    assert stack.run("refresh").summary == {}
    assert stack.run("destroy").summary == {"delete": made.summary["create"]}


def test_another_zone_is_another_gateway_and_the_same_cluster(stack: Rehearsal) -> None:
    _goes(stack, "userAssignedNATGateway", nat_gateway={"zone": "1"})
    stack.up()
    _goes(stack, "userAssignedNATGateway", nat_gateway={"zone": "2", "idle_timeout_minutes": 10})
    moved = stack.up()
    assert {key: count for key, count in moved.summary.items() if "replace" in key} == {"replace": 2}
    (gateway,) = [resource for resource in stack.world["azure"] if "/natGateways/" in resource["id"]]
    assert gateway["properties"]["zones"] == ["2"]
    assert _cluster(stack)["serial"] == 1


def test_one_address_fewer_leaves_the_gateway(stack: Rehearsal) -> None:
    _goes(stack, "userAssignedNATGateway", nat_gateway={"public_ips": 2})
    stack.up()
    _goes(stack, "userAssignedNATGateway")
    assert stack.up().summary == {"update": 2, "delete": 1}


def test_routes_to_a_firewall_come_up_stay_and_go(stack: Rehearsal) -> None:
    stack.config["aks-secrets:network"] = OWN | {"firewall_ip": "10.20.0.4"}
    _goes(stack, "userDefinedRouting")
    made = stack.up()
    (table,) = [resource for resource in stack.world["azure"] if resource["token"].endswith(":RouteTable")]
    scopes = [resource["scope"] for resource in made.inputs("RoleAssignment")]
    assert table["id"] in scopes
    assert stack.up().summary == {}
    assert stack.run("refresh").summary == {}
    assert stack.run("destroy").summary == {"delete": made.summary["create"]}


def test_a_gateway_of_aks_is_the_cluster_alone(stack: Rehearsal) -> None:
    del stack.config["aks-secrets:network"]
    _goes(stack, "managedNATGateway", nat_gateway={"public_ips": 2})
    made = stack.up()
    assert made.inputs("NatGateway") == []
    assert (
        len(_cluster(stack)["properties"]["networkProfile"]["natGatewayProfile"]["effectiveOutboundIPs"]) == 2
    )
    _goes(stack, "managedNATGateway", nat_gateway={"public_ips": 3})
    assert stack.up().summary == {"update": 1}, "more addresses need no other cluster"


def test_what_azure_has_moved_first_pulumi_follows_without_another_cluster(
    stack: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/config/network.md#changing-the-egress-of-a-running-cluster: the network, then az aks update, then
    refresh, then up.
    """
    stack.up()
    _goes(stack, "userAssignedNATGateway")
    preview = stack.run("preview")
    assert "replace" in "".join(preview.summary), "azure-native would make another cluster"
    whole = Stack.up
    monkeypatch.setattr(
        Stack, "up", lambda self, **options: whole(self, target=["**:NodeNetwork$**"], **options)
    )
    assert stack.up().summary == {"create": 2, "update": 1}
    monkeypatch.undo()
    world = stack.world
    for resource in world["azure"]:
        if resource["id"] == _cluster(stack)["id"]:
            resource["properties"]["networkProfile"]["outboundType"] = "userAssignedNATGateway"
    stack.change_world(world)
    stack.run("refresh")
    after = stack.up().summary
    assert "replace" not in "".join(after)
    assert _cluster(stack)["serial"] == 1


@pytest.mark.parametrize(
    ("outbound", "keys", "problem"),
    [
        ("userAssignedNATGateway", {}, "must have a NAT gateway associated for outbound connection"),
        (
            "userDefinedRouting",
            {"route_table_id": f"{NETWORK}/routeTables/rt"},
            "An existing route table has not been associated",
        ),
    ],
)
def test_a_subnet_that_is_there_has_to_have_its_way_out(
    stack: Rehearsal, outbound: str, keys: dict[str, str], problem: str
) -> None:
    del stack.config["aks-secrets:network"]
    subnet = f"{NETWORK}/virtualNetworks/vnet/subnets/nodes"
    _goes(stack, outbound, subnet_id=subnet, **keys)
    cloud = stack.folder / "cloud.yaml"
    cloud.write_text(
        f"""azure:
  - {{id: {GROUP}, location: westeurope}}
  - {{id: {NETWORK}/routeTables/rt, location: westeurope}}
  - id: {NETWORK}/virtualNetworks/vnet
    location: westeurope
    addressSpace: {{addressPrefixes: [10.10.0.0/16]}}
  - {{id: {subnet}, addressPrefix: 10.10.0.0/22}}
"""
    )
    run = stack.command("up", "--cloud", str(cloud))
    assert run.status != 0
    assert problem in run.output
