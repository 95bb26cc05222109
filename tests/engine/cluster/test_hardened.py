"""A cluster in an existing network, and a vault with a private address."""

import copy
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine

GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-net"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
CLOUD: dict[str, Any] = {
    "azure": [
        {"id": GROUP, "location": "westeurope"},
        {"id": NETWORK, "location": "westeurope", "addressSpace": {"addressPrefixes": ["10.10.0.0/16"]}},
        {"id": f"{NETWORK}/subnets/nodes", "addressPrefix": "10.10.0.0/22"},
        {"id": f"{NETWORK}/subnets/endpoints", "addressPrefix": "10.10.4.0/27"},
    ]
}
HARDENED: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "aks-secrets:cluster": {
        "system_pool": {"vm_size": "Standard_D4s_v5", "count": 3, "zones": ["1", "2", "3"]},
        "network": {"subnet_id": f"{NETWORK}/subnets/nodes"},
        "upgrades": {"maintenance": {"day": "Sunday", "start_time": "02:00"}},
        "image_cleaner_interval_hours": 168,
    },
    "aks-secrets:vault": {
        "network": {"public_access": False},
        "private_endpoint": {"subnet_id": f"{NETWORK}/subnets/endpoints"},
    },
    "aks-secrets:monitoring": {"retention_days": 90},
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
    """A hardened stack in an existing network."""
    return Rehearsal(tmp_path, copy.deepcopy(HARDENED), simulators)


def test_it_comes_up_stays_and_goes_and_the_network_stays(stack: Rehearsal) -> None:
    made = stack.run("up", CLOUD)
    assert made.status == 0, made.errors
    theirs = {resource["id"] for resource in CLOUD["azure"]}
    before = {resource["id"]: resource for resource in stack.world["azure"] if resource["id"] in theirs}
    assert set(before) == theirs
    assert stack.up().summary == {}
    assert stack.run("refresh").summary == {}

    stack.config["aks-secrets:tags"] = {"team": "shop"}
    preview = stack.run("preview")
    assert set(preview.summary) == {"update"}, "other tags replace nothing"
    assert stack.up().summary == preview.summary

    assert stack.run("destroy").summary == {"delete": made.summary["create"]}
    assert {resource["id"]: resource for resource in stack.world["azure"]} == before


def test_the_vaults_name_leads_to_its_private_address(stack: Rehearsal) -> None:
    run = stack.run("up", CLOUD)
    (endpoint,), (group,) = run.inputs("PrivateEndpoint"), run.inputs("PrivateDnsZoneGroup")
    (connection,) = endpoint["privateLinkServiceConnections"]
    assert connection["privateLinkServiceId"] == run.document["outputs"]["platform"]["vault"]["id"]
    assert connection["groupIds"] == ["vault"]
    (zone,) = run.inputs("PrivateZone")
    assert zone["privateZoneName"] == "privatelink.vaultcore.azure.net"
    assert group["privateDnsZoneConfigs"][0]["privateDnsZoneId"].endswith(
        "/privateDnsZones/privatelink.vaultcore.azure.net"
    )
    (link,) = run.inputs("VirtualNetworkLink")
    assert link["virtualNetwork"] == {"id": NETWORK}
    (vault,) = run.inputs("Vault")
    assert vault["properties"]["publicNetworkAccess"] == "Disabled"


def test_a_zone_that_exists_is_used_and_none_is_made(stack: Rehearsal) -> None:
    zone = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"
    cloud = {"azure": [*CLOUD["azure"], {"id": zone, "location": "global"}]}
    endpoint = {"subnet_id": f"{NETWORK}/subnets/endpoints", "dns_zone_id": zone}
    stack.config["aks-secrets:vault"] = {"network": {"public_access": False}, "private_endpoint": endpoint}
    run = stack.run("up", cloud)
    assert run.status == 0, run.errors
    assert run.inputs("PrivateZone") == []
    assert run.inputs("PrivateDnsZoneGroup")[0]["privateDnsZoneConfigs"][0]["privateDnsZoneId"] == zone


def test_audit_logs_are_kept_for_the_retention_period(stack: Rehearsal) -> None:
    run = stack.run("up", CLOUD)
    (workspace,) = run.inputs("Workspace")
    assert (workspace["retentionInDays"], workspace["sku"]) == (90, {"name": "PerGB2018"})
    settings = {
        resource["resourceUri"].rsplit("/", 2)[1]: resource for resource in run.inputs("DiagnosticSetting")
    }
    assert [log.get("categoryGroup") for log in settings["vaults"]["logs"]] == ["audit"]
    assert "kube-audit-admin" in [log.get("category") for log in settings["managedClusters"]["logs"]]


def test_aks_upgrades_when_it_may(stack: Rehearsal) -> None:
    run = stack.run("up", CLOUD)
    windows = {
        resource["configName"]: resource["maintenanceWindow"]
        for resource in run.inputs("MaintenanceConfiguration")
    }
    assert set(windows) == {"aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"}
    for window in windows.values():
        assert window["schedule"] == {"weekly": {"intervalWeeks": 1, "dayOfWeek": "Sunday"}}
        assert (window["startTime"], window["durationHours"]) == ("02:00", 4)
    (cluster,) = run.inputs("ManagedCluster")
    assert cluster["securityProfile"]["imageCleaner"] == {"enabled": True, "intervalHours": 168}


def test_a_network_of_the_stacks_own_holds_nodes_and_endpoint(stack: Rehearsal) -> None:
    del stack.config["aks-secrets:cluster"]["network"]
    stack.config["aks-secrets:network"] = {
        "address_space": "10.10.0.0/16",
        "nodes": "10.10.0.0/22",
        "private_endpoints": "10.10.4.0/27",
    }
    stack.config["aks-secrets:vault"] = {"network": {"public_access": False}, "private_endpoint": {}}
    made = stack.up()
    subnets = {resource["subnetName"]: resource["addressPrefix"] for resource in made.inputs("Subnet")}
    assert subnets == {"nodes": "10.10.0.0/22", "private-endpoints": "10.10.4.0/27"}
    (cluster,), (endpoint,), (link,) = (
        made.inputs(kind) for kind in ("ManagedCluster", "PrivateEndpoint", "VirtualNetworkLink")
    )
    assert cluster["agentPoolProfiles"][0]["vnetSubnetID"].endswith(
        "/virtualNetworks/vnet-test/subnets/nodes"
    )
    assert endpoint["subnet"]["id"].endswith("/virtualNetworks/vnet-test/subnets/private-endpoints")
    assert link["virtualNetwork"]["id"].endswith("/virtualNetworks/vnet-test")
    grants = [
        resource["scope"]
        for resource in made.inputs("RoleAssignment")
        if resource["scope"].endswith("/subnets/nodes")
    ]
    assert len(grants) == 1, "the cluster joins its nodes with an identity of its own"
    assert stack.up().summary == {}

    stack.config["aks-secrets:tags"] = {"team": "shop"}
    preview = stack.run("preview")
    assert set(preview.summary) == {"update"}, "other tags replace nothing"
    assert stack.up().summary == preview.summary
    assert stack.run("destroy").summary == {"delete": made.summary["create"]}
    assert stack.world["azure"] == []


def test_pools_encrypt_at_the_host_from_the_beginning_and_pods_write_to_scratch_only(
    stack: Rehearsal,
) -> None:
    stack.config["aks-secrets:cluster"]["system_pool"]["encryption_at_host"] = True
    stack.config["aks-secrets:workloads"][0] |= {"read_only_root_filesystem": True, "scratch": ["/tmp"]}
    made = stack.run("up", CLOUD)
    assert made.status == 0, made.errors
    (deployment,) = made.inputs("Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp"]
    assert stack.up().summary == {}

    del stack.config["aks-secrets:cluster"]["system_pool"]["encryption_at_host"]
    refused = stack.command("up", "--json")
    assert refused.status == 1
    assert "Changing property 'properties.enableEncryptionAtHost' is not allowed." in refused.errors


def test_the_shipped_production_stack_comes_up_and_stays(tmp_path: Path, simulators: Simulators) -> None:
    prod = Rehearsal.of("Pulumi.prod.yaml", tmp_path, simulators)
    made = prod.up()
    assert set(made.summary) == {"create"}
    assert made.inputs("Secret") == [], "no value is in the program, nor in its state"
    (vault,) = made.inputs("Vault")
    assert vault["properties"]["publicNetworkAccess"] == "Disabled"
    assert vault["properties"]["enablePurgeProtection"] is True
    assert prod.up().summary == {}
    protected = {row["type"].rsplit(":", 1)[1] for row in prod.deployment["resources"] if row.get("protect")}
    assert protected == {"ManagedCluster", "Vault"}
    for section in ("cluster", "vault"):
        del prod.config[f"aks-secrets:{section}"]["protect"]
    prod.up()
    assert prod.run("destroy").summary == {"delete": made.summary["create"]}
