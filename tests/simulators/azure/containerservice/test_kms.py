"""Simulated KMS encryption of etcd: one test for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.seed import SeedError, apply_seed
from tests.simulators.azure.networks import NETWORKS, ROLES, with_identity
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import SUBSCRIPTION, Azure, Kubernetes, Resource, cluster

CLUSTER = "containerservice:ManagedCluster"


ID = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities"


KEY = f"https://kv-one.vault.azure.net/keys/etcd/{'a' * 32}"


def kms(**keys: Any) -> dict[str, Any]:
    return {"securityProfile": {"azureKeyVaultKms": {"enabled": True, "keyId": KEY, **keys}}}


def test_the_identity_may_encrypt_and_decrypt(azure: Azure) -> None:
    vault = azure.vault(enableRbacAuthorization=True)
    message = (
        "AzureKeyVaultKmsValidateIdentityPermissionCustomerError"
        '.*keys encrypt/decrypt permission on key vault "https://kv-one'
    )
    with pytest.raises(ArmError, match=message):
        azure.cluster(**kms())
    azure.cluster(**kms(), **with_identity(azure, key=vault.id))


def test_a_firewall_blocks_aks_from_the_key(azure: Azure) -> None:
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
    """Role assignments of the control plane on the vaults kv-one and kv-two."""
    identity = azure.identity("id-aks")
    role = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ROLES['key']}"
    assignment = {
        "roleDefinitionId": role,
        "principalId": identity.outputs["principalId"],
        "principalType": "ServicePrincipal",
    }
    return [
        azure.assignment(scope=azure.vault(name, enableRbacAuthorization=True).id, **assignment)
        for name in ("kv-one", "kv-two")
    ]


def encrypted(vault: str, digit: str = "a") -> dict[str, Any]:
    """Inputs of a cluster with a key of the vault; an empty name switches KMS off."""
    identity = {"type": "UserAssigned", "userAssignedIdentities": [f"{ID}/id-aks"]}
    profile = (
        {"enabled": True, "keyId": f"https://{vault}.vault.azure.net/keys/etcd/{digit * 32}"}
        if vault
        else {"enabled": False}
    )
    return cluster(identity=identity, securityProfile={"azureKeyVaultKms": profile})


def revoke(azure: Azure, assignment: Resource) -> None:
    azure.delete("authorization:RoleAssignment", assignment)
    azure.new_operation()


STOPPED = "AzureKeyVaultKmsValidateIdentityPermissionCustomerError.*https://kv-one"


@pytest.mark.parametrize("vault", ["", "kv-two"])
def test_a_cluster_stops_without_a_key_that_it_no_longer_names(azure: Azure, vault: str) -> None:
    first, _ = rights(azure)
    made = azure.create(CLUSTER, encrypted("kv-one"))
    azure.update(CLUSTER, made, encrypted(vault))
    Kubernetes(azure, kubeconfig_of(azure)).namespace("before")
    revoke(azure, first)
    with pytest.raises(
        ProviderError, match=r"configured Kubernetes cluster is unreachable: .*: connection refused"
    ):
        Kubernetes(azure, kubeconfig_of(azure)).namespace("after")
    with pytest.raises(ArmError, match=STOPPED):
        azure.update(CLUSTER, made, encrypted(vault))


def test_after_kms_the_key_is_unused_once_all_secrets_are_rewritten(azure: Azure) -> None:
    first, _ = rights(azure)
    made = azure.create(CLUSTER, encrypted("kv-one"))
    azure.update(CLUSTER, made, encrypted(""))
    apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": made.id}]})
    revoke(azure, first)
    Kubernetes(azure, kubeconfig_of(azure)).namespace()
    azure.update(CLUSTER, made, encrypted(""))


def test_the_previous_key_is_in_use_until_the_next_change(azure: Azure) -> None:
    first, _ = rights(azure)
    made = azure.create(CLUSTER, encrypted("kv-one"))
    azure.update(CLUSTER, made, encrypted("kv-two"))
    apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": made.id, "note": 1}]})
    revoke(azure, first)
    with pytest.raises(ArmError, match=STOPPED):
        azure.update(CLUSTER, made, encrypted("kv-two", "b"))
    azure.assignment(**first.inputs)
    azure.update(CLUSTER, made, encrypted("kv-two", "b"))
    apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": made.id, "note": 2}]})
    azure.delete("authorization:RoleAssignment", first)
    azure.update(CLUSTER, made, encrypted("kv-two", "b"))


def test_secrets_are_rewritten_in_an_existing_cluster(azure: Azure) -> None:
    with pytest.raises(SeedError, match=r"secretsWrittenAgain\[0\]: there is no cluster"):
        apply_seed(azure.world, {"secretsWrittenAgain": [{"cluster": f"{NETWORKS}/hub"}]})
