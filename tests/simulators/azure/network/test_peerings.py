"""Simulated virtual networks, private API servers and KMS: one test a rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, apply_seed
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import POOL, SUBSCRIPTION, Azure, Kubernetes, Resource, cluster

CLUSTER = "containerservice:ManagedCluster"
PEERING = "network:VirtualNetworkPeering"
LINK = "privatedns:VirtualNetworkLink"
NETWORKS = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks"
ZONE = "privatelink.westeurope.azmk8s.io"
ID = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
KEY = f"https://kv-one.vault.azure.net/keys/etcd/{'a' * 32}"
ROLES = {
    "network": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "zone": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    "key": "12338af0-0e69-4776-bea7-57ae8d297424",
}


def network(azure: Azure, name: str, prefix: str) -> Resource:
    return azure.create(
        "network:VirtualNetwork",
        {
            "resourceGroupName": "rg",
            "virtualNetworkName": name,
            "addressSpace": {"addressPrefixes": [prefix]},
        },
    )


def peering(of: str, to: str, name: str = "") -> dict[str, Any]:
    names = {
        "resourceGroupName": "rg",
        "virtualNetworkName": of,
        "virtualNetworkPeeringName": name or f"to-{to}",
    }
    return {**names, "remoteVirtualNetwork": {"id": f"{NETWORKS}/{to}"}}


def link(to: str, name: str = "one", zone: str = ZONE, group: str = "rg") -> dict[str, Any]:
    names = {"resourceGroupName": group, "privateZoneName": zone, "virtualNetworkLinkName": name}
    return {
        **names,
        "virtualNetwork": {"id": f"{NETWORKS}/{to}"},
        "registrationEnabled": False,
        "location": "global",
    }


def zone(azure: Azure, name: str = ZONE) -> Resource:
    return azure.create(
        "privatedns:PrivateZone", {"resourceGroupName": "rg", "privateZoneName": name, "location": "global"}
    )


@pytest.fixture
def two(azure: Azure) -> Azure:
    """Two networks with addresses of their own."""
    network(azure, "nodes", "10.1.0.0/16")
    network(azure, "hub", "10.2.0.0/16")
    azure.create(
        "network:Subnet",
        {
            "resourceGroupName": "rg",
            "virtualNetworkName": "nodes",
            "subnetName": "nodes",
            "addressPrefix": "10.1.0.0/24",
        },
    )
    return azure


def test_a_peering_is_connected_when_both_networks_have_one(two: Azure) -> None:
    one = two.create(PEERING, peering("nodes", "hub"))
    assert one.outputs["peeringState"] == "Initiated"
    other = two.create(PEERING, peering("hub", "nodes"))
    assert other.outputs["peeringState"] == "Connected"
    read = two.read(PEERING, one)
    assert read
    assert read.outputs["peeringState"] == "Connected"


def test_a_peering_whose_other_side_went_has_to_be_made_anew(two: Azure) -> None:
    two.create(PEERING, peering("nodes", "hub"))
    two.delete(PEERING, two.create(PEERING, peering("hub", "nodes")))
    with pytest.raises(ArmError, match=r"RemotePeeringIsDisconnected.*is in Disconnected state"):
        two.create(PEERING, peering("hub", "nodes"))


def test_the_peered_network_is_there(two: Azure) -> None:
    with pytest.raises(
        ArmError,
        match=r"InvalidResourceReference.*virtualNetworks/none referenced by resource .* was not found",
    ):
        two.create(PEERING, peering("nodes", "none"))


def test_networks_that_overlap_are_not_peered(two: Azure) -> None:
    network(two, "same", "10.1.128.0/17")
    with pytest.raises(ArmError, match=r"VnetAddressSpacesOverlap.*10\.1\.0\.0/16"):
        two.create(PEERING, peering("nodes", "same"))


def test_two_networks_are_peered_once(two: Azure) -> None:
    two.create(PEERING, peering("nodes", "hub"))
    with pytest.raises(ArmError, match="AnotherPeeringAlreadyReferencesRemoteVnet"):
        two.create(PEERING, peering("nodes", "hub", "again"))


def test_a_peering_is_not_turned_to_another_network(two: Azure) -> None:
    network(two, "other", "10.3.0.0/16")
    made = two.create(PEERING, peering("nodes", "hub", "way"))
    with pytest.raises(ArmError, match="ChangingRemoteVirtualNetworkNotAllowed"):
        two.update(PEERING, made, peering("nodes", "other", "way"))


def test_a_link_is_to_a_network_that_is_there_once_and_for_good(two: Azure) -> None:
    zone(two)
    with pytest.raises(ArmError, match="Virtual network resource not found for"):
        two.create(LINK, link("none"))
    made = two.create(LINK, link("hub"))
    with pytest.raises(ArmError, match="cannot be linked to multiple zones with overlapping namespaces"):
        two.create(LINK, link("hub", "two"))
    with pytest.raises(ArmError, match="cannot be changed"):
        two.update(LINK, made, link("nodes"))


# ------------------------------------------------------------------------------------------------------------- private API servers


def private(subnet: bool = False, **access: Any) -> dict[str, Any]:
    pools = [{**POOL, "vnetSubnetID": f"{NETWORKS}/nodes/subnets/nodes"}] if subnet else [dict(POOL)]
    return {"apiServerAccessProfile": {"enablePrivateCluster": True, **access}, "agentPoolProfiles": pools}


def with_identity(azure: Azure, **scopes: str) -> dict[str, Any]:
    """A control plane that has a role at each of the scopes."""
    identity = azure.identity("id-aks")
    for what, scope in scopes.items():
        azure.assignment(
            scope=scope,
            roleDefinitionId=f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[what]}",
            principalId=identity.outputs["principalId"],
            principalType="ServicePrincipal",
        )
    return {"identity": {"type": "UserAssigned", "userAssignedIdentities": [identity.id]}}


def test_private_is_said_when_the_cluster_is_made(azure: Azure) -> None:
    made = azure.cluster()
    with pytest.raises(
        ArmError,
        match=r"Changing enablePrivateCluster is not allowed\. It can only be set while creating the cluster",
    ):
        azure.update(CLUSTER, made, cluster(**private()))
    azure.update(CLUSTER, made, cluster(apiServerAccessProfile={"enablePrivateCluster": False}))
    azure.update(CLUSTER, made, cluster(**private(enableVnetIntegration=True)))


def test_the_names_of_a_private_api_server(azure: Azure) -> None:
    made = azure.cluster(**private(enablePrivateClusterPublicFQDN=False))
    assert made.outputs["privateFQDN"].endswith(f".{ZONE}")
    assert "fqdn" not in made.outputs
    assert made.outputs["privateFQDN"] in kubeconfig_of(azure)
    group, name = made.outputs["nodeResourceGroup"], made.outputs["privateFQDN"].split(".", 1)[1]
    assert azure.world.get(
        f"{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsZones/{name}"
    )
    public = azure.update(CLUSTER, made, cluster(**private(enablePrivateClusterPublicFQDN=True)))
    assert public.outputs["fqdn"].endswith(".azmk8s.io")


def test_without_a_zone_the_name_is_public(azure: Azure) -> None:
    with pytest.raises(
        ArmError, match="Private cluster with none private dns zone must enable public FQDN feature"
    ):
        azure.cluster(**private(privateDNSZone="none", enablePrivateClusterPublicFQDN=False))
    made = azure.cluster(**private(privateDNSZone="none", enablePrivateClusterPublicFQDN=True))
    assert "privateFQDN" not in made.outputs
    assert made.outputs["fqdn"] in kubeconfig_of(azure)


def test_a_zone_is_left_for_public_dns_and_for_no_other(azure: Azure) -> None:
    made = azure.cluster(**private(privateDNSZone="system"))
    other = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/{ZONE}"
    with pytest.raises(ArmError, match=r"PropertyChangeNotAllowed.*privateDNSZone"):
        azure.update(CLUSTER, made, cluster(**private(privateDNSZone=other)))
    azure.update(CLUSTER, made, cluster(**private(privateDNSZone="none")))


def test_the_cluster_may_write_into_the_zone(two: Azure) -> None:
    own = zone(two)
    with pytest.raises(
        ArmError,
        match=r"CustomPrivateDNSZoneMissingPermissionError.*must be given permission to read and write",
    ):
        two.cluster(**private(privateDNSZone=own.id), **with_identity(two))


def test_the_cluster_may_link_the_zone_to_the_network(two: Azure) -> None:
    with pytest.raises(ArmError, match=r"LinkedAuthorizationFailed.*virtualNetworks/join/action"):
        two.cluster(**private(subnet=True), **with_identity(two))


def test_a_zone_has_the_name_that_the_region_has(azure: Azure) -> None:
    elsewhere = zone(azure, "privatelink.northeurope.azmk8s.io")
    with pytest.raises(ArmError, match="Invalid private dns zone"):
        azure.cluster(**private(privateDNSZone=elsewhere.id), **with_identity(azure, zone=elsewhere.id))


def test_a_zone_that_is_there_knows_the_cluster_and_is_linked_to_its_network(two: Azure) -> None:
    own = zone(two)
    rights = with_identity(two, zone=own.id, network=f"{NETWORKS}/nodes")
    made = two.cluster(**private(subnet=True, privateDNSZone=own.id), **rights)
    assert made.outputs["privateFQDN"].endswith(f".{ZONE}")
    links = [
        found.properties["virtualNetwork"]["id"] for found in two.world.of_type(peerings.LINK, below=own.id)
    ]
    assert links == [f"{NETWORKS}/nodes"]


def test_a_private_api_server_answers_to_whom_a_name_and_a_way_lead(two: Azure) -> None:
    made = two.cluster(**private(subnet=True), **with_identity(two, network=f"{NETWORKS}/nodes"))
    apply_seed(two.world, {"runner": [f"{NETWORKS}/hub"]})
    kubernetes = Kubernetes(two, kubeconfig_of(two))
    with pytest.raises(
        ProviderError, match=r"configured Kubernetes cluster is unreachable: .*: no such host"
    ):
        kubernetes.namespace()
    name = made.outputs["privateFQDN"].split(".", 1)[1]
    two.create(LINK, link("hub", zone=name, group=made.outputs["nodeResourceGroup"]))
    two.create(PEERING, peering("nodes", "hub"))
    with pytest.raises(ProviderError, match="i/o timeout"):
        kubernetes.namespace()
    two.create(PEERING, peering("hub", "nodes"))
    kubernetes.namespace()


def test_a_runner_is_a_virtual_network(azure: Azure) -> None:
    with pytest.raises(SeedError, match="is not the id of a virtual network"):
        apply_seed(azure.world, {"runner": [f"{SUBSCRIPTION}/resourceGroups/rg"]})
    with pytest.raises(SeedError, match=r"runner\[0\]: should be the id of a virtual network"):
        apply_seed(azure.world, {"runner": [{}]})


# -------------------------------------------------------------------------------------------------------------------------- KMS


def kms(**keys: Any) -> dict[str, Any]:
    return {"securityProfile": {"azureKeyVaultKms": {"enabled": True, "keyId": KEY, **keys}}}


def test_the_identity_may_encrypt_and_decrypt(azure: Azure) -> None:
    vault = azure.vault(enableRbacAuthorization=True)
    said = r'AzureKeyVaultKmsValidateIdentityPermissionCustomerError.*keys encrypt/decrypt permission on key vault "https://kv-one'
    with pytest.raises(ArmError, match=said):
        azure.cluster(**kms())
    azure.cluster(**kms(), **with_identity(azure, key=vault.id))


def test_a_firewall_is_in_the_way_of_the_key(azure: Azure) -> None:
    vault = azure.vault(enableRbacAuthorization=True, publicNetworkAccess="Disabled")
    with pytest.raises(ArmError, match="AzureKeyVaultKmsValidateIdentityPermissionCustomerError"):
        azure.cluster(**kms(), **with_identity(azure, key=vault.id))


def test_a_key_has_a_version(azure: Azure) -> None:
    with pytest.raises(ArmError, match="not a valid key identifier with a version"):
        azure.cluster(**kms(keyId=KEY.rsplit("/", 1)[0]))


def test_a_private_vault_needs_its_id_and_vnet_integration(azure: Azure) -> None:
    with pytest.raises(
        ArmError, match="KeyVault resource ID is empty when KeyVault network access is Private"
    ):
        azure.cluster(**kms(keyVaultNetworkAccess="Private"))
    with pytest.raises(
        ArmError, match="Vnet integration should be enabled when KeyVault network access is Private"
    ):
        azure.cluster(**kms(keyVaultNetworkAccess="Private", keyVaultResourceId="/vault"))


def rights(azure: Azure) -> list[Resource]:
    """Vaults kv-one and kv-two, and what the control plane may do there."""
    identity = azure.identity("id-aks")
    role = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ROLES['key']}"
    who = {
        "roleDefinitionId": role,
        "principalId": identity.outputs["principalId"],
        "principalType": "ServicePrincipal",
    }
    return [
        azure.assignment(scope=azure.vault(name, enableRbacAuthorization=True).id, **who)
        for name in ("kv-one", "kv-two")
    ]


def encrypted(vault: str, digit: str = "a") -> dict[str, Any]:
    """A cluster with a key of the vault, or with none."""
    identity = {"type": "UserAssigned", "userAssignedIdentities": [f"{ID}/id-aks"]}
    profile = (
        {"enabled": True, "keyId": f"https://{vault}.vault.azure.net/keys/etcd/{digit * 32}"}
        if vault
        else {"enabled": False}
    )
    return cluster(identity=identity, securityProfile={"azureKeyVaultKms": profile})


def take(azure: Azure, right: Resource) -> None:
    azure.delete("authorization:RoleAssignment", right)
    azure.new_operation()


STOPPED = "AzureKeyVaultKmsValidateIdentityPermissionCustomerError.*https://kv-one"


@pytest.mark.parametrize("vault", ["", "kv-two"])
def test_a_cluster_stands_still_without_the_key_that_it_does_not_name_any_more(
    azure: Azure, vault: str
) -> None:
    one, _ = rights(azure)
    made = azure.create(CLUSTER, encrypted("kv-one"))
    azure.update(CLUSTER, made, encrypted(vault))
    Kubernetes(azure, kubeconfig_of(azure)).namespace("before")
    take(azure, one)
    with pytest.raises(
        ProviderError, match=r"configured Kubernetes cluster is unreachable: .*: connection refused"
    ):
        Kubernetes(azure, kubeconfig_of(azure)).namespace("after")
    with pytest.raises(ArmError, match=STOPPED):
        azure.update(CLUSTER, made, encrypted(vault))


def test_after_kms_the_key_is_free_when_every_secret_was_written_again(azure: Azure) -> None:
    one, _ = rights(azure)
    made = azure.create(CLUSTER, encrypted("kv-one"))
    azure.update(CLUSTER, made, encrypted(""))
    apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": made.id}]})
    take(azure, one)
    Kubernetes(azure, kubeconfig_of(azure)).namespace()
    azure.update(CLUSTER, made, encrypted(""))


def test_the_key_before_the_present_one_is_in_use_until_the_next_change(azure: Azure) -> None:
    one, _ = rights(azure)
    made = azure.create(CLUSTER, encrypted("kv-one"))
    azure.update(CLUSTER, made, encrypted("kv-two"))
    apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": made.id, "note": 1}]})
    take(azure, one)
    with pytest.raises(ArmError, match=STOPPED):
        azure.update(CLUSTER, made, encrypted("kv-two", "b"))
    azure.assignment(**one.inputs)
    azure.update(CLUSTER, made, encrypted("kv-two", "b"))
    apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": made.id, "note": 2}]})
    azure.delete("authorization:RoleAssignment", one)
    azure.update(CLUSTER, made, encrypted("kv-two", "b"))


def test_secrets_are_written_again_in_a_cluster_that_is_there(azure: Azure) -> None:
    with pytest.raises(SeedError, match=r"secretsWrittenAgain\[0\]: there is no cluster"):
        apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": f"{NETWORKS}/hub"}]})
