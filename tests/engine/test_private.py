"""A private API server and the way to it, and a key of one's own for etcd, on the real engine."""

import copy
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.azure import arm
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

SUBSCRIPTION = f"/subscriptions/{arm.SUBSCRIPTION}"
HUB = f"{SUBSCRIPTION}/resourceGroups/rg-hub"
RUNNER = f"{HUB}/providers/Microsoft.Network/virtualNetworks/vnet-hub"
OTHER = f"{HUB}/providers/Microsoft.Network/virtualNetworks/vnet-other"
THEIRS = f"{HUB}/providers/Microsoft.Network/virtualNetworks/vnet-apps"
ZONE = f"{HUB}/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io"
KEY_VAULT = f"{HUB}/providers/Microsoft.KeyVault/vaults/kv-etcd"
OLD, NEW = (f"https://kv-etcd.vault.azure.net/keys/etcd/{digit * 32}" for digit in "ab")


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
KEYS: list[dict[str, Any]] = [
    {
        "id": KEY_VAULT,
        "location": "westeurope",
        "properties": {
            "enableRbacAuthorization": True,
            "enablePurgeProtection": True,
            "tenantId": arm.TENANT,
            "sku": {"family": "A", "name": "standard"},
        },
    },
    {"id": f"{KEY_VAULT}/keys/etcd", "kty": "RSA", "keyUriWithVersion": OLD, "attributes": {"enabled": True}},
]
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
    """Its own network, and `pulumi` in another."""
    return Rehearsal(tmp_path, copy.deepcopy(CONFIG), simulators)


def cluster_of(stack: Rehearsal) -> dict[str, Any]:
    return stack.config["aks-secrets:cluster"]


def come_up(stack: Rehearsal, cloud: Any = CLOUD) -> Run:
    run = stack.run("up", cloud)
    assert run.status == 0, run.errors
    return run


def refused(stack: Rehearsal, operation: str = "up", cloud: Any = None) -> str:
    """What a person reads."""
    more: tuple[str, ...] = ()
    if cloud:
        from ruamel.yaml import YAML

        stack.folder.mkdir(exist_ok=True)
        file = stack.folder / "cloud.yaml"
        YAML(typ="safe").dump(cloud, file)
        more = ("--cloud", str(file))
    run = stack.command(operation, *more)
    assert run.status != 0, run.output
    return run.output


def test_whoever_deploys_from_another_network_reaches_the_api_server(stack: Rehearsal) -> None:
    made = come_up(stack)
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
        "the simulated API server answers only to whom a link and a peering lead to it"
    )


def test_it_stays_and_goes_and_the_other_network_is_as_it_was(stack: Rehearsal) -> None:
    made = come_up(stack)
    assert stack.up().summary == {}
    stack.run("refresh")
    assert stack.up().summary == {}, "what a peering becomes is nobody's change"

    stack.config["aks-secrets:tags"] = {"team": "shop"}
    preview = stack.run("preview")
    assert set(preview.summary) == {"update"}, "other tags replace nothing"
    assert stack.up().summary == preview.summary

    assert stack.run("destroy").summary == {"delete": made.summary["create"]}
    left = {found["id"]: found["properties"] for found in stack.world["azure"]}
    assert set(left) == {found["id"] for found in CLOUD["azure"]}


def test_the_cluster_may_link_its_zone_to_the_network(stack: Rehearsal) -> None:
    made = come_up(stack)
    scopes = [found["scope"].rsplit("/", 2)[-2:] for found in made.inputs("RoleAssignment")]
    assert ["virtualNetworks", "vnet-test"] in scopes
    assert ["subnets", "nodes"] in scopes


def test_from_elsewhere_nobody_reaches_it(stack: Rehearsal) -> None:
    elsewhere = copy.deepcopy(CLOUD) | {"runner": [OTHER]}
    assert "no such host" in refused(stack, cloud=elsewhere)


def test_from_outside_a_change_is_refused_and_the_end_is_not(stack: Rehearsal) -> None:
    """Everything in the cluster goes with it, and nobody asks the API server."""
    made = come_up(stack)
    before = stack.world["azure"]
    stack.config["aks-secrets:workloads"][0]["replicas"] = 3
    assert "configured Kubernetes cluster is unreachable" in refused(stack, "preview", {"runner": [OTHER]})
    assert stack.world["azure"] == before
    assert stack.run("destroy").summary == {"delete": made.summary["create"]}


def test_another_network_of_the_runner_moves_the_way(stack: Rehearsal) -> None:
    come_up(stack)
    cluster_of(stack)["private"]["deploy_from"] = OTHER
    moved = stack.run("up", {"runner": [OTHER]})
    assert moved.status == 0, moved.errors
    assert moved.summary == {"replace": 3}, "two peerings and a link"
    assert stack.up().summary == {}


def test_in_a_network_that_is_there_the_zone_alone_is_linked(stack: Rehearsal) -> None:
    """Whoever has both networks has peered them."""
    del stack.config["aks-secrets:network"]
    cluster_of(stack)["network"]["subnet_id"] = f"{THEIRS}/subnets/nodes"
    made = come_up(stack)
    assert made.inputs("VirtualNetworkPeering") == []
    assert [link["virtualNetwork"]["id"] for link in made.inputs("VirtualNetworkLink")] == [RUNNER]
    assert stack.up().summary == {}


def test_in_the_network_of_the_nodes_there_is_nothing_to_make(stack: Rehearsal) -> None:
    del stack.config["aks-secrets:network"]
    cluster_of(stack)["network"]["subnet_id"] = f"{THEIRS}/subnets/nodes"
    cluster_of(stack)["private"]["deploy_from"] = THEIRS
    made = come_up(stack, copy.deepcopy(CLOUD) | {"runner": [THEIRS]})
    assert made.inputs("VirtualNetworkPeering") == made.inputs("VirtualNetworkLink") == []
    assert stack.up().summary == {}


def test_a_zone_that_is_there_is_written_by_the_cluster_and_linked_by_its_owner(stack: Rehearsal) -> None:
    cluster_of(stack)["private"]["dns_zone"] = ZONE
    made = come_up(stack)
    assert made.inputs("VirtualNetworkLink") == []
    assert ZONE in [found["scope"] for found in made.inputs("RoleAssignment")]
    assert stack.up().summary == {}


def test_a_name_in_public_dns_takes_no_zone(stack: Rehearsal) -> None:
    cluster_of(stack)["private"] |= {"dns_zone": "none", "public_fqdn": True}
    made = come_up(stack)
    assert made.inputs("VirtualNetworkLink") == []
    assert len(made.inputs("VirtualNetworkPeering")) == 2
    assert stack.up().summary == {}


def test_a_public_cluster_that_is_to_be_private_is_told_before_anything_changes(stack: Rehearsal) -> None:
    private = cluster_of(stack).pop("private")
    come_up(stack)
    cluster_of(stack)["private"] = private
    assert "cluster.private: cluster 'aks-test' exists with a public API server" in refused(stack, "preview")


def test_a_private_cluster_does_not_become_public(stack: Rehearsal) -> None:
    come_up(stack)
    del cluster_of(stack)["private"]
    assert "Changing enablePrivateCluster is not allowed" in refused(stack)


def test_networks_that_overlap_are_told_before_anything_is_made(stack: Rehearsal) -> None:
    stack.config["aks-secrets:network"] = {"address_space": "10.0.0.0/12", "nodes": "10.10.0.0/22"}
    told = refused(stack, "preview", CLOUD)
    assert "network.address_space: 10.0.0.0/12 overlaps 10.0.0.0/16 of 'vnet-hub'" in told


def test_services_with_addresses_of_the_runners_network_are_told_before_anything_is_made(
    stack: Rehearsal,
) -> None:
    """Those of the defaults, for instance."""
    del cluster_of(stack)["network"]
    assert "cluster.network.service_cidr: 10.0.0.0/16 overlaps 10.0.0.0/16 of 'vnet-hub'" in refused(
        stack, "preview", CLOUD
    )


def test_a_network_that_is_not_there_is_told_before_anything_is_made(stack: Rehearsal) -> None:
    cluster_of(stack)["private"]["deploy_from"] = f"{RUNNER}-2"
    told = refused(stack, "preview", CLOUD)
    assert (
        "cluster.private.deploy_from: there is no virtual network 'vnet-hub-2' in resource group 'rg-hub'"
        in told
    )


def test_of_another_subscription_one_side_is_peered_and_the_other_is_told(stack: Rehearsal) -> None:
    elsewhere = RUNNER.replace(arm.SUBSCRIPTION, "aaaaaaaa-0000-4000-8000-000000000001")
    cluster_of(stack)["private"]["deploy_from"] = elsewhere
    group = {"id": elsewhere.split("/providers/")[0], "location": "westeurope"}
    made = come_up(stack, {"azure": [group, network(elsewhere, "10.0.0.0/16")]})
    assert [found["remoteVirtualNetwork"]["id"] for found in made.inputs("VirtualNetworkPeering")] == [
        elsewhere
    ]
    (warning,) = [
        found["message"] for found in made.document["diagnostics"] if "one side only" in found["message"]
    ]
    assert (
        "az network vnet peering create --subscription aaaaaaaa-0000-4000-8000-000000000001 --resource-group rg-hub"
        in warning
    )
    assert stack.up().summary == {}


def with_key(stack: Rehearsal, **vault: Any) -> Any:
    """A public cluster with a key of its own."""
    del stack.config["aks-secrets:network"], cluster_of(stack)["private"]
    cluster_of(stack)["kms"] = {"key_id": OLD, "vault_id": KEY_VAULT}
    keys = copy.deepcopy(KEYS)
    keys[0]["properties"] |= vault
    return {"azure": [{"id": HUB, "location": "westeurope"}, *keys]}


def test_a_key_of_ones_own_encrypts_and_its_next_version_is_an_update(stack: Rehearsal) -> None:
    made = come_up(stack, with_key(stack))
    (cluster,) = made.inputs("ManagedCluster")
    assert cluster["securityProfile"]["azureKeyVaultKms"] == {
        "enabled": True,
        "keyId": OLD,
        "keyVaultNetworkAccess": "Public",
    }
    assert KEY_VAULT in [found["scope"] for found in made.inputs("RoleAssignment")]
    assert stack.up().summary == {}

    cluster_of(stack)["kms"]["key_id"] = NEW
    assert stack.up().summary == {"update": 1}


def rights(stack: Rehearsal) -> list[str]:
    """Names of the vaults of keys where somebody has a role."""
    scopes = [
        found["properties"].get("scope", "")
        for found in stack.world["azure"]
        if found["token"].endswith(":RoleAssignment")
    ]
    return sorted(scope.rsplit("/", 1)[-1] for scope in scopes if "/vaults/kv-etcd" in scope)


def warned(run: Run) -> list[str]:
    """Of KMS."""
    return [
        found["message"]
        for found in run.document["diagnostics"]
        if found["message"].startswith("cluster.kms: ")
    ]


def test_without_kms_the_right_stays_until_the_vault_is_no_former_one(stack: Rehearsal) -> None:
    come_up(stack, with_key(stack))
    del cluster_of(stack)["kms"]
    cluster_of(stack)["former_kms_vault_ids"] = [KEY_VAULT]
    off = stack.up()
    assert off.summary == {"update": 1}, "off, and nothing else"
    (warning,) = warned(off)
    assert (
        "until every Secret was written again after this `pulumi up`, as docs/config/cluster.md#another-vault-or-no-kms"
        " describes (kubectl get secrets --all-namespaces -o json | kubectl" in warning
    )
    again = stack.up()
    assert (again.summary, warned(again), rights(stack)) == ({}, [], ["kv-etcd"])

    del cluster_of(stack)["former_kms_vault_ids"]
    (cluster,) = [found["id"] for found in stack.world["azure"] if found["token"].endswith(":ManagedCluster")]
    run = stack.run("up", {"secretsWrittenAgain": [{"cluster": cluster}]})
    assert (run.status, run.summary, rights(stack)) == (0, {"delete": 1}, []), run.errors
    assert stack.up().summary == {}


def test_a_right_that_is_taken_too_early_stops_the_api_server(stack: Rehearsal) -> None:
    come_up(stack, with_key(stack))
    del cluster_of(stack)["kms"]
    cluster_of(stack)["former_kms_vault_ids"] = [KEY_VAULT]
    stack.up()
    del cluster_of(stack)["former_kms_vault_ids"]
    assert stack.up().summary == {"delete": 1}
    stack.config["aks-secrets:workloads"][0]["image"] = "registry.example/shop:2"
    assert "configured Kubernetes cluster is unreachable" in refused(stack)
    cluster_of(stack)["former_kms_vault_ids"] = [KEY_VAULT]
    assert rights(stack) == []
    assert stack.up().summary == {"create": 1, "update": 1}, "and naming it again starts it again"


@pytest.mark.parametrize("vault", ["", "kv-etcd-2"])
def test_a_key_that_is_in_use_is_not_forgotten(stack: Rehearsal, vault: str) -> None:
    come_up(stack, with_key(stack))
    if vault:
        cluster_of(stack)["kms"] = {"key_id": OLD.replace("kv-etcd", vault), "vault_id": KEY_VAULT + "-2"}
    else:
        del cluster_of(stack)["kms"]
    told = " ".join(refused(stack, "preview").split())
    assert "cluster 'aks-test' has encrypted its Secrets with a key of vault 'kv-etcd'" in told
    assert (
        "'cluster.former_kms_vault_ids[0]' \"$(az keyvault show --name kv-etcd --query id --output tsv)\""
        in told
    )


def test_to_another_vault_and_back_no_right_goes_and_none_is_made_twice(stack: Rehearsal) -> None:
    cloud = with_key(stack)
    for found in copy.deepcopy(cloud["azure"][1:]):
        text = found | {"id": found["id"].replace("kv-etcd", "kv-etcd-2")}
        cloud["azure"].append(
            text | ({"keyUriWithVersion": OLD.replace("kv-etcd", "kv-etcd-2")} if "kty" in found else {})
        )
    come_up(stack, cloud)
    here, there = (
        cluster_of(stack)["kms"],
        {"key_id": OLD.replace("kv-etcd", "kv-etcd-2"), "vault_id": KEY_VAULT + "-2"},
    )
    cluster_of(stack).update(kms=there, former_kms_vault_ids=[KEY_VAULT])
    moved = stack.up()
    assert (moved.summary, rights(stack)) == ({"create": 1, "update": 1}, ["kv-etcd", "kv-etcd-2"])
    assert "and the key of kms was changed once more" in warned(moved)[0]
    cluster_of(stack).update(kms=here, former_kms_vault_ids=[there["vault_id"]])
    assert (stack.up().summary, rights(stack)) == ({"update": 1}, ["kv-etcd", "kv-etcd-2"])
    assert stack.run("destroy").status == 0
    assert rights(stack) == [], "nothing is left behind"


def test_a_stack_that_is_up_keeps_the_grant_under_its_new_name(stack: Rehearsal) -> None:
    """There was one vault once, and its grant was called cluster-key."""
    come_up(stack, with_key(stack))
    (urn,) = [
        found["urn"]
        for found in stack.deployment["resources"]
        if found["urn"].endswith("::cluster/key/kv-etcd")
    ]
    stack.engine("state", "rename", urn, "cluster-key", "--yes")
    assert stack.up().summary == {}
    stack.engine("state", "rename", urn, "cluster-key", "--yes")
    del cluster_of(stack)["kms"]
    cluster_of(stack)["former_kms_vault_ids"] = [KEY_VAULT]
    assert stack.up().summary == {"update": 1}


@pytest.mark.parametrize(
    ("vault", "says"),
    [
        ({"enableRbacAuthorization": False}, "vault 'kv-etcd' uses access policies"),
        ({"publicNetworkAccess": "Disabled"}, "vault 'kv-etcd' has a firewall"),
        (
            {"networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"}},
            "vault 'kv-etcd' has a firewall",
        ),
    ],
)
def test_a_vault_that_the_cluster_cannot_use_is_told_before_anything_is_made(
    stack: Rehearsal, vault: dict[str, Any], says: str
) -> None:
    assert f"cluster.kms.vault_id: {says}" in refused(stack, "preview", with_key(stack, **vault))


def test_a_key_that_does_not_work_is_told_before_anything_is_made(stack: Rehearsal) -> None:
    cloud = with_key(stack)
    cloud["azure"][-1]["attributes"] = {"enabled": False}
    assert "cluster.kms.key_id: key 'etcd' is disabled" in refused(stack, "preview", cloud)


def test_the_vault_of_the_stack_itself_does_not_hold_the_key(stack: Rehearsal) -> None:
    with_key(stack)
    stack.config["aks-secrets:vault"] = {"name": "kv-etcd", "resource_group": "rg-hub"}
    assert "cluster.kms.vault_id: is created by this stack" in refused(stack, "preview")
